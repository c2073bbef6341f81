// What stands above everything that is printed: whose paper this is, who printed it and when.

import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { now } from "../../shared/clock.ts";
import { formatTime, isoDay } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { usePlaceName } from "../place_name.ts";
import { kit } from "./text.ts";

export function PrintHead() {
  const me = useMe();
  const place = usePlaceName();
  const [time, setTime] = useState(now);
  useEffect(() => {
    // A page may have been open for hours. The paper is drawn as soon as the listener returns.
    const print = () => flushSync(() => setTime(now()));
    window.addEventListener("beforeprint", print);
    return () => window.removeEventListener("beforeprint", print);
  }, []);
  return <p className="print-only print-head">{kit.printed(place, me.session.displayName, `${isoDay(time)} ${formatTime(time).slice(-5)}`)}</p>;
}
