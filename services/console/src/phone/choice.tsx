// One of a few, as big buttons.

export function Choice<T extends string | number>(props: {
  legend: string; name: string; big?: boolean; disabled?: boolean; value: T; options: { value: T; label: string }[]; onChange: (value: T) => void;
}) {
  return (
    <fieldset className={props.big === true ? "choice big" : "choice"} disabled={props.disabled}>
      <legend>{props.legend}</legend>
      {props.options.map(({ value, label }) => (
        <label key={value} className={value === props.value ? "chosen" : ""}>
          <input type="radio" name={props.name} checked={value === props.value} onChange={() => props.onChange(value)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
