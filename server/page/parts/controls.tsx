import { useId } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { laws, objectives } from 'virtual:tables';
import { formatQuantity, tryParseQuantity } from '../../../src/core/quantity.ts';
import { address, go, type Setting } from '../state/address.ts';
import { refitProblem, refitting } from '../state/engine.ts';
import { many, percent } from '../state/format.ts';
import { settingOf, thresholds } from '../state/settings.ts';
import { built, confidence, dataset, isLive, originalSettings, settings, shown } from '../state/workspace.ts';
import { SaveFit } from './saveFit.tsx';
import { Slider } from './slider.tsx';

/** Changes a setting; back at what the fit was made with, it is no change. */
export function set(name: Setting, value: string): void {
  const { [name]: _, ...others } = address.peek().changes;
  const isChange = originalSettings.peek()?.[name] !== value;
  go({ changes: isChange ? { ...others, [name]: value } : others }, { replace: true });
}

const isChanged = (name: Setting): boolean => address.value.changes[name] !== undefined;

/** What is wrong with a setting, as the page or the server says. */
function problemOf(name: Setting): string | undefined {
  const own = built.value?.problems?.[name];
  if (own !== undefined) return own;
  const { value } = refitProblem;
  // Without a fit the columns are asked for in the main part, which says what is missing.
  if (name === 'columns' && shown.value === null) return undefined;
  return value !== null && settingOf(value.code) === name ? `${value.message} ${value.remedy}` : undefined;
}

function Field({
  name,
  label,
  children,
}: {
  readonly name: Setting;
  readonly label: string;
  readonly children: (id: string) => ComponentChildren;
}) {
  const id = useId();
  const problem = problemOf(name);
  return (
    <div class={`setting ${isChanged(name) ? 'changed' : ''}`}>
      <label for={id}>{label}</label>
      {children(id)}
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function TextSetting({
  name,
  label,
  placeholder,
}: {
  readonly name: Setting;
  readonly label: string;
  readonly placeholder: string;
}) {
  return (
    <Field name={name} label={label}>
      {(id) => (
        <input
          id={id}
          type="text"
          spellcheck={false}
          autocomplete="off"
          value={settings.value?.[name] ?? ''}
          placeholder={placeholder}
          aria-invalid={problemOf(name) !== undefined}
          onInput={({ currentTarget }) => {
            set(name, currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}

/** Ends of a quantity in the data: from the columns, else from the fitted rows. */
function rangeOf(quantity: string): readonly [number, number] | null {
  const { value } = dataset;
  const column = value?.columns.find(({ name }) => name === value.quantities[quantity]);
  if (column?.min != null && column.max !== null && column.min > 0) return [column.min, column.max];
  const ranges = shown.value?.fit.data.ranges;
  return ranges?.[quantity] ?? null;
}

/** Room beyond the data on either side, as a factor, so that the slider's end leaves out nothing. */
const room = 1.02;

const titles = { maxLoss: 'Loss below', minParams: 'Parameters above', minTokens: 'Tokens above' } as const;

function ThresholdSlider({ setting, quantity, sign }: (typeof thresholds)[number]) {
  const range = rangeOf(quantity);
  const text = settings.value?.[setting] ?? '';
  if (range === null) return null;
  const [low, high] = [Math.log(range[0] / room), Math.log(range[1] * room)];
  const off = sign === '<' ? 1 : 0;
  const value = tryParseQuantity(text);
  const place =
    value === undefined || value <= 0 ? off : Math.min(1, Math.max(0, (Math.log(value) - low) / (high - low)));
  const print = (number: number): string =>
    quantity === 'loss' ? String(Number(number.toPrecision(4))) : formatQuantity(number);
  return (
    <Slider
      label={titles[setting]}
      text={text}
      place={place}
      placeholder="all"
      valueText={text === '' ? 'all' : text}
      problem={problemOf(setting)}
      changed={isChanged(setting)}
      onPlace={(share) => {
        set(setting, Math.abs(share - off) < 0.004 ? '' : print(Math.exp(low + share * (high - low))));
      }}
      onText={(typed) => {
        set(setting, typed);
      }}
    />
  );
}

/** Huber's threshold from 1e-4 to 1, in its logarithm. */
function DeltaSlider() {
  const now = settings.value;
  const objective = objectives.find(({ id }) => id === now?.objective);
  if (now === null || objective?.delta == null) return null;
  const value = tryParseQuantity(now.delta) ?? objective.delta;
  const [low, high] = [-4, 0];
  return (
    <Slider
      label="Huber delta"
      text={now.delta}
      place={Math.min(1, Math.max(0, (Math.log10(value) - low) / (high - low)))}
      placeholder={String(objective.delta)}
      valueText={String(value)}
      problem={problemOf('delta')}
      changed={isChanged('delta')}
      onPlace={(share) => {
        set(
          'delta',
          Number((10 ** (low + share * (high - low))).toPrecision(2))
            .toExponential()
            .replace('e+', 'e'),
        );
      }}
      onText={(typed) => {
        set('delta', typed);
      }}
    />
  );
}

/** Confidence of every interval on the page. */
export function ConfidenceSlider() {
  const [low, high] = [0.5, 0.99];
  const value = confidence.value;
  const put = (share: number): void => {
    go({ confidence: Math.min(0.999, Math.max(0.01, Number(share.toFixed(3)))) }, { replace: true });
  };
  return (
    <Slider
      label="Confidence"
      text={percent(value)}
      place={Math.min(1, Math.max(0, (value - low) / (high - low)))}
      placeholder="95%"
      valueText={percent(value)}
      changed={address.value.confidence !== null}
      onPlace={(share) => {
        put(Math.round(100 * (low + share * (high - low))) / 100);
      }}
      onText={(typed) => {
        const number = Number(typed.replace('%', '')) / 100;
        if (number > 0 && number < 1) put(number);
      }}
    />
  );
}

/** How the last fit went: rows and time; or what kept it from being made. */
function Status() {
  const { value } = shown;
  const problem = refitProblem.value;
  if (problem !== null && settingOf(problem.code) === null)
    return (
      <p class="problem" role="alert">
        {problem.message} {problem.remedy}
      </p>
    );
  if (!isLive.value || value?.tookMs == null) return null;
  const { timing } = value.fit as unknown as { timing?: { fitMs?: number } };
  const ms = timing?.fitMs ?? value.tookMs;
  return (
    <p class={`took ${refitting.value ? 'busy' : ''}`} aria-live="off">
      Fitted {many(value.fit.points, 'run')} in {ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms
    </p>
  );
}

/** Law, objective and rows of the fit: it is made again with every change. */
export function Controls() {
  const now = settings.value;
  if (now === null) return null;
  const isFormula = !laws.some(({ id }) => id === now.law);
  return (
    <div class="controls">
      <Status />
      <SaveFit />
      <Field name="law" label="Law">
        {(id) => (
          <>
            <select
              id={id}
              value={isFormula ? 'formula' : now.law}
              onChange={({ currentTarget }) => {
                set(
                  'law',
                  currentTarget.value === 'formula' ? 'loss ~ E + A/params^alpha + B/tokens^beta' : currentTarget.value,
                );
              }}
            >
              {laws.map((law) => (
                <option key={law.id} value={law.id} title={law.title}>
                  {law.id}
                </option>
              ))}
              <option value="formula">a formula…</option>
            </select>
            {isFormula && (
              <input
                type="text"
                class="formula"
                aria-label="Formula"
                spellcheck={false}
                value={now.law}
                onInput={({ currentTarget }) => {
                  set('law', currentTarget.value);
                }}
              />
            )}
          </>
        )}
      </Field>
      {isFormula && <TextSetting name="positive" label="Positive parameters" placeholder="E,A,B" />}
      <Field name="objective" label="Objective">
        {(id) => (
          <select
            id={id}
            value={now.objective}
            onChange={({ currentTarget }) => {
              set('objective', currentTarget.value);
            }}
          >
            {objectives.map((objective) => (
              <option key={objective.id} value={objective.id}>
                {objective.id}
              </option>
            ))}
          </select>
        )}
      </Field>
      <DeltaSlider />
      <ConfidenceSlider />
      <h3>Rows</h3>
      {thresholds.map((threshold) => (
        <ThresholdSlider key={threshold.setting} {...threshold} />
      ))}
      <TextSetting name="where" label="Where" placeholder='family == "opt"' />
      <h3>Parameters</h3>
      <TextSetting name="fix" label="Fixed" placeholder="alpha=0.34" />
      <TextSetting name="tie" label="Tied" placeholder="beta=alpha" />
      <TextSetting name="columns" label="Columns" placeholder="params=N, loss=val_loss" />
    </div>
  );
}
