import { Timeline as Line } from "antd";
import { AlertAction, AlertActionSchema, LevelSchema, type AlertEntry } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { formatTime } from "../../shared/dates.ts";
import { wordOf } from "../../shared/words.ts";
import { alerts as t } from "./text.ts";

const colors: Partial<Record<AlertAction, string>> = {
  [AlertAction.RAISED]: "#cf1322",
  [AlertAction.REPEATED]: "#cf1322",
  [AlertAction.VACANT]: "#ad4e00",
  [AlertAction.RESOLVED]: "#237804",
};

/** What was done, in order, in words: 通知校长李明（代理）. */
export function Timeline({ entries }: { entries: AlertEntry[] }) {
  return (
    <Line
      items={entries.map((entry, i) => ({
        key: i,
        color: colors[entry.action] ?? "#0958d9",
        content: (
          <>
            <span className="quiet">{formatTime(entry.time)}</span>　{sentenceOf(entry)}
            {entry.note !== "" && <p className="prose note-text">{entry.note}</p>}
          </>
        ),
      }))}
    />
  );
}

export function sentenceOf(entry: AlertEntry): string {
  const level = wordOf(LevelSchema, entry.level);
  const who = entry.staffName + (entry.asDeputy ? t.asDeputy : "");
  switch (entry.action) {
    case AlertAction.TOLD:
      return t.timelineOf.told(level, who);
    case AlertAction.VACANT:
      return t.timelineOf.vacant(level);
    default:
      return `${wordOf(AlertActionSchema, entry.action)}${who === "" ? "" : `：${who}`}`;
  }
}
