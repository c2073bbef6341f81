// The frame of the phone pages: where one is, whether everything is sent, and the way to the other pages.

import { useEffect, useState } from "react";
import { formatTime } from "../shared/dates.ts";
import { AbsencePage } from "./absence.tsx";
import { ContactPage } from "./contact.tsx";
import { EmergencyPage } from "./emergency.tsx";
import { OutboxPage } from "./outbox.tsx";
import { usePhone } from "./phone.tsx";
import { text } from "./text.ts";
import { WeekPage } from "./week.tsx";

/** The page, its child and the kind of contact, from the address: #/contact/counties/520203/children/0193…?how=2 */
export function usePlace(): { page: string; child: string; how: number } {
  const [hash, setHash] = useState(window.location.hash);
  useEffect(() => {
    const moved = () => {
      setHash(window.location.hash);
      window.scrollTo(0, 0);
    };
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  const [, page = "", child = "", how = "0"] = /^#\/([a-z]*)\/?([^?]*)(?:\?how=(\d{1,2}))?$/.exec(hash) ?? [];
  return { page, child: decodeURIComponent(child), how: Number(how) };
}

export function go(page: string, child = ""): void {
  window.location.hash = child === "" ? `#/${page}` : `#/${page}/${child}`;
}

export function Pages() {
  const { page, child, how } = usePlace();
  return (
    <div className="phone">
      <Status />
      <main>
        {page === "contact" ? <ContactPage key={`${child} ${how}`} child={child} how={how} />
          : page === "absence" ? <AbsencePage />
          : page === "emergency" ? <EmergencyPage key={child} child={child} />
          : page === "outbox" ? <OutboxPage />
          : <WeekPage />}
      </main>
      <nav className="tabs" aria-label={text.title}>
        <Tab to="" at={page === "" || page === "contact"} label={text.week} icon="M4 5h16v15H4zM4 9h16M8 3v4M16 3v4M8 13l3 3 5-5" />
        <Tab to="absence" at={page === "absence"} label={text.absence} icon="M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21c0-4 3-7 7-7 2 0 4 1 5 2M16 16l5 5M21 16l-5 5" />
        <Tab to="emergency" at={page === "emergency"} label={text.emergency} icon="M12 3l10 18H2zM12 10v5M12 17.5v.5" danger />
      </nav>
    </div>
  );
}

function Tab({ to, at, label, icon, danger = false }: { to: string; at: boolean; label: string; icon: string; danger?: boolean }) {
  return (
    <a href={`#/${to}`} className={danger ? "tab danger" : "tab"} aria-current={at ? "page" : undefined}>
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d={icon} /></svg>
      {label}
    </a>
  );
}

/** One line: whose phone pages these are, and whether everything is sent. */
function Status() {
  const { me, online, sending, queue, data, problem } = usePhone();
  const refused = queue.filter((row) => row.refusal !== undefined).length;
  const waiting = queue.length - refused;
  const t = text.sync;
  const [word, kind] = refused > 0 ? [t.refused(refused), "bad"]
    : !online ? [waiting > 0 ? t.offlineWaiting(waiting) : t.offline, "away"]
    : waiting > 0 ? [sending ? t.sending : t.waiting(waiting), "waiting"]
    : [t.fresh, "fresh"];
  return (
    <header className="status">
      <span className="who">{me.session.displayName}</span>
      <span role="status"><a href="#/outbox" className={`chip ${kind}`}>{word}</a></span>
      {!online && data !== undefined && <p className="as-of">{t.asOf(formatTime(data.takenAt))}</p>}
      {problem !== "" && problem !== "away" && (
        <p className="problem" role="alert">{problem === "tooOld" ? text.tooOld : problem}</p>
      )}
    </header>
  );
}
