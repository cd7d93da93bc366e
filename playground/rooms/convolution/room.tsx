import { useMemo, useState } from "preact/hooks";
import { attempt } from "../../parts/attempt.js";
import { ready } from "../../parts/compute.js";
import { Segments } from "../../parts/controls.js";
import { Notice } from "../../parts/notice.js";
import { numbersOf } from "../../parts/source/channels.js";
import { photograph } from "../../parts/source/pictures.js";
import { ColourChoice, SourcePicker, useSource } from "../../parts/source/source.js";
import { convolved, type Settings } from "./convolve.js";
import { EquivarianceView } from "./equivariance-view.js";
import { kernelOf } from "./kernels.js";
import { PictureView } from "./picture-view.js";
import { type Factors, PolynomialView } from "./polynomial-view.js";
import { ConvolutionSettings } from "./settings.js";

// The room opens when there is something to see.
const [image] = await Promise.all([photograph("boats"), ready]);

type View = "picture" | "polynomials" | "equivariance";

export function Convolution() {
  const [view, setView] = useState<View>("picture");
  const source = useSource({ name: "boats", image });
  const [inColour, setInColour] = useState(false);
  const [kernel, setKernel] = useState(() => kernelOf("sobelX", 3));
  const [settings, setSettings] = useState<Settings>({
    mode: "replicate",
    amount: 1,
    stride: 1,
    dilation: 1,
    flip: false,
  });
  const [colours, setColours] = useState<"signed" | "gray">("signed");
  const [shift, setShift] = useState({ dy: 4, dx: 8 });
  const [factors, setFactors] = useState<Factors>({ a: [1, 2, 3], b: [2, -1, 1] });

  const picture = useMemo(() => numbersOf(source.picture, inColour), [source.picture, inColour]);
  const output = useMemo(
    () => attempt(() => convolved(picture, kernel, settings)),
    [picture, kernel, settings],
  );

  return (
    <div class="convolution">
      <Segments
        label="Look at"
        options={[
          ["picture", "A picture and a kernel"],
          ["polynomials", "Two polynomials"],
          ["equivariance", "Shifting the picture"],
        ]}
        value={view}
        onChange={setView}
      />
      {view === "polynomials" ? (
        <PolynomialView factors={factors} onChange={setFactors} />
      ) : (
        <div class="lab">
          {output.failure !== undefined ? (
            <section class="panel failed" aria-label="Output">
              <Notice kind="error">{output.failure}</Notice>
            </section>
          ) : view === "picture" ? (
            <PictureView
              picture={picture}
              output={output.value}
              kernel={kernel}
              onKernel={setKernel}
              settings={settings}
              colours={colours}
            />
          ) : (
            <EquivarianceView
              picture={picture}
              kernel={kernel}
              settings={settings}
              shift={shift}
              onShift={setShift}
            />
          )}
          <section class="panel controls" aria-label="Picture and settings">
            <SourcePicker source={source} />
            <ColourChoice inColour={inColour} onChange={setInColour} />
            <ConvolutionSettings
              kernel={kernel}
              onKernel={setKernel}
              settings={settings}
              onChange={setSettings}
            />
            {view === "picture" && (
              <Segments
                label="Colours of the output"
                options={[
                  ["signed", "signed"],
                  ["gray", "0 to 255"],
                ]}
                value={colours}
                onChange={setColours}
              />
            )}
          </section>
        </div>
      )}
    </div>
  );
}
