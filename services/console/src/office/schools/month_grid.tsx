// A term as a calendar: 休 stands on weekdays without school, 班 on Saturdays and Sundays with school, 停 on days on which the school is closed.

import { formatDay } from "../../shared/dates.ts";
import { kindOf, monthsOf, type DayKind, type Days, type Term } from "./months.ts";
import { schools as t } from "./text.ts";

/** Shows the months of `term`, of which `closed` are closed; with `toggle`, a press on a day changes whether it has school. */
export function MonthGrid({ term, closed = [], today, toggle }: { term: Term; closed?: Days[]; today: string; toggle?: (date: string) => void }) {
  return (
    <>
      <p className="quiet no-print">{t.legend}{toggle !== undefined && t.legendPress}</p>
      <div className="months">
        {monthsOf(term).map(({ month, weeks }) => (
          <table key={month} className="month">
            <caption>{t.monthOf(Number(month.slice(0, 4)), Number(month.slice(5)))}</caption>
            <thead><tr>{t.weekdays.map((weekday) => <th key={weekday} scope="col">{weekday}</th>)}</tr></thead>
            <tbody>
              {weeks.map((week, i) => (
                <tr key={i}>{week.map((date, at) => <td key={at}>{date !== undefined && <Day date={date} kind={kindOf(date, term, closed)} isToday={date === today} toggle={toggle} />}</td>)}</tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </>
  );
}

function Day({ date, kind, isToday, toggle }: { date: string; kind: DayKind; isToday: boolean; toggle: ((date: string) => void) | undefined }) {
  const shown = <>{Number(date.slice(8))}{t.dayMarks[kind] !== undefined && <sup>{t.dayMarks[kind]}</sup>}</>;
  const look = `day day-${kind}${isToday ? " day-today" : ""}`;
  const title = `${formatDay(date)} ${t.dayKinds[kind]}`;
  if (toggle === undefined || kind === "outside") return <span className={look} title={title}>{shown}</span>;
  return <button type="button" className={look} title={title} onClick={() => toggle(date)}>{shown}</button>;
}
