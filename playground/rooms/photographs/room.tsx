import { useRef, useState } from "preact/hooks";
import { call, isAbort } from "../../engine/client.js";
import type { Answer, Opened } from "../../engine/jobs/photographs.js";
import { Notice } from "../../parts/notice.js";
import { Guesses } from "./guesses.js";
import { LayerMaps } from "./layer-maps.js";
import { NetworkChoice } from "./network-choice.js";
import { PhotographChoice } from "./photograph-choice.js";
import { Reasons } from "./reasons.js";

/** A network and a photograph of the user's own. */
export function Photographs() {
  const [network, setNetwork] = useState<Opened>();
  const [photograph, setPhotograph] = useState<Blob>();
  const [answer, setAnswer] = useState<Answer>();
  const [chosen, setChosen] = useState(0);
  const [failure, setFailure] = useState<string>();
  const asked = useRef(0);

  const ask = async (shown: Blob) => {
    const question = ++asked.current;
    setFailure(undefined);
    try {
      const given = await call("photographs/classify", { photograph: shown });
      if (question !== asked.current) return;
      setAnswer(given);
      setChosen(given.guesses[0]!.index);
    } catch (error) {
      if (question !== asked.current || isAbort(error)) return;
      setAnswer(undefined);
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <div class="bench photographs">
      <div class="photographs-given">
        <NetworkChoice
          network={network}
          onFailure={setFailure}
          onOpened={(opened) => {
            setNetwork(opened);
            setAnswer(undefined);
            // What another network was asked is asked no more.
            asked.current++;
            if (opened && photograph) void ask(photograph);
          }}
        />
        <PhotographChoice
          onFailure={(why) => {
            setAnswer(undefined);
            setFailure(why);
          }}
          onPhotograph={(given) => {
            setPhotograph(given);
            if (network) void ask(given);
          }}
        />
        <p class="soft small">
          Files are read by this page and go nowhere: there is no server that could take them.
        </p>
      </div>
      <div class="photographs-found">
        {network && answer ? (
          <>
            <Guesses network={network} answer={answer} chosen={chosen} onChoose={setChosen} />
            <Reasons answer={answer} chosen={chosen} label={labelOf(network, answer, chosen)} />
            <LayerMaps network={network} answer={answer} />
          </>
        ) : (
          <section class="panel waiting">
            <h2>{network ? "Now a photograph" : "First a network"}</h2>
            {failure && <Notice kind="error">{failure}</Notice>}
            <p class="soft">
              {network
                ? "Choose one of the samples, or give one of your own. The network says what it shows, and you see where it looked."
                : "Give the weights of one, as PyTorch, safetensors or ONNX files hold them: torchvision's resnet18-f37072fd.pth, for example, or squeezenet1_1-b8a52dc0.pth, which has 5 MB."}
            </p>
          </section>
        )}
      </div>
    </div>
  );
}

function labelOf({ classes }: Opened, { guesses }: Answer, index: number): string {
  return guesses.find((guess) => guess.index === index)?.label ?? classes[index] ?? `class ${index}`;
}
