import type { Image } from "featuremap/image";
import { useEffect } from "preact/hooks";
import { drawn } from "./pictures.js";

interface CameraOptions {
  /** The camera runs while this is true, and not after the room was left. */
  readonly on: boolean;
  /** Longer side of the frames. */
  readonly side: number;
  readonly onFrame: (frame: Image) => void;
  /** Why there is no camera, in a sentence. */
  readonly onFailure: (why: string) => void;
}

/** Hands over what the camera sees, frame by frame. */
export function useCamera({ on, side, onFrame, onFailure }: CameraOptions): void {
  useEffect(() => {
    if (!on) return;
    let stream: MediaStream | undefined;
    let next = 0;
    let over = false;
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;

    const show = () => {
      if (video.videoWidth > 0) onFrame(drawn(video, video.videoWidth, video.videoHeight, side));
      next = requestAnimationFrame(show);
    };
    const start = async () => {
      if (!navigator.mediaDevices) {
        throw new Error("A page gets a camera only over https or from this machine (localhost).");
      }
      stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: 640 }, facingMode: "environment" },
      });
      if (over) return stop();
      video.srcObject = stream;
      await video.play();
      if (!over) show();
    };
    const stop = () => {
      cancelAnimationFrame(next);
      for (const track of stream?.getTracks() ?? []) track.stop();
      video.srcObject = null;
    };
    start().catch((error: Error) => !over && onFailure(reason(error)));
    return () => {
      over = true;
      stop();
    };
  }, [on, side]);
}

function reason({ name, message }: Error): string {
  if (name === "NotAllowedError") {
    return "The camera was not allowed. Allow it where the browser shows this page's address, then choose the camera again.";
  }
  if (name === "NotFoundError") return "There is no camera. Choose another picture, or a file.";
  return name === "Error" ? message : `The camera cannot be used: ${message}`;
}
