// A duration as people give it: a number and a unit.

import { InputNumber, Select, Space } from "antd";
import { policies as t } from "./text.ts";

const units = [
  { value: 60, label: t.minutes },
  { value: 3600, label: t.hours },
  { value: 86400, label: t.days },
];

export function Length({ label, seconds, change }: { label: string; seconds: number; change: (seconds: number) => void }) {
  const unit = [86400, 3600].find((length) => seconds > 0 && seconds % length === 0) ?? 60;
  return (
    <Space.Compact>
      <InputNumber aria-label={label} min={0} max={9999} value={seconds / unit} style={{ width: 80 }} onChange={(value) => change(Math.round((value ?? 0) * unit))} />
      <Select aria-label={t.unitOf(label)} value={unit} style={{ width: 84 }} options={units} onChange={(next) => change((seconds / unit) * next)} />
    </Space.Compact>
  );
}
