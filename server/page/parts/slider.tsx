import { useId } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

interface Properties {
  readonly label: ComponentChildren;
  /** What the box holds; empty where nothing is set. */
  readonly text: string;
  /** Place of the slider, 0 to 1. */
  readonly place: number;
  readonly problem?: string | undefined;
  readonly placeholder: string;
  readonly valueText: string;
  readonly changed?: boolean;
  readonly onPlace: (place: number) => void;
  readonly onText: (text: string) => void;
}

const steps = 400;

/** A slider with a box beside it, for when one knows the number. */
export function Slider(properties: Properties) {
  const { label, text, place, problem, placeholder, valueText, changed, onPlace, onText } = properties;
  const id = useId();
  return (
    <div class={`setting slider ${changed === true ? 'changed' : ''}`}>
      <label for={id}>{label}</label>
      <input
        type="text"
        class="slider-box"
        value={text}
        placeholder={placeholder}
        aria-label={`${typeof label === 'string' ? label : 'Value'}, as a number`}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        spellcheck={false}
        onInput={({ currentTarget }) => {
          onText(currentTarget.value);
        }}
      />
      <input
        id={id}
        type="range"
        min={0}
        max={steps}
        step={1}
        value={Math.round(place * steps)}
        aria-valuetext={valueText}
        onInput={({ currentTarget }) => {
          onPlace(Number(currentTarget.value) / steps);
        }}
      />
      {problem !== undefined && (
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
