// The marks of a contact: how the child was, what has to be looked into.

import { ConcernSchema, MoodSchema, type Contact } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { wordOf } from "../../shared/words.ts";
import { children as t } from "./text.ts";

export function Marks({ contact }: { contact: Contact }) {
  return (
    <>
      {contact.mood !== 0 && <span className="quiet">{t.mood(wordOf(MoodSchema, contact.mood))}</span>}{" "}
      {contact.concerns.map((concern) => <span key={concern} className="warn">{t.concern(wordOf(ConcernSchema, concern))} </span>)}
    </>
  );
}
