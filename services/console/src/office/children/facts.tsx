// What stands beside a child's name in a list: class, guardian, last contact.

import { createClient } from "@connectrpc/connect";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { ContactService } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import type { Child } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { ChildService } from "../../gen/tonghu/registry/v1/child_service_pb.ts";
import { countyOf, idOf, parentOf } from "../../shared/names.ts";
import { transport } from "../../shared/transport.ts";
import { kit } from "../kit/text.ts";
import { When } from "../kit/when.tsx";
import { children as t } from "./text.ts";

const childrenClient = createClient(ChildService, transport);
const contactsClient = createClient(ContactService, transport);
const mostChildren = 500;

export interface ChildFacts {
  children: Map<string, Child>;
  lastContacts: Map<string, Timestamp>;
  /** False until the answer is there: then nobody is said to have had no contact. */
  known: boolean;
}

const unknown: ChildFacts = { children: new Map(), lastContacts: new Map(), known: false };

/** The facts of the children of one county, by resource name. */
export function useChildFacts(names: string[]): ChildFacts {
  const wanted = [...new Set(names.filter((name) => name !== ""))].sort().slice(0, mostChildren);
  const { data } = useQuery({
    queryKey: ["child facts", wanted],
    enabled: wanted.length > 0,
    staleTime: 60_000,
    placeholderData: (before: ChildFacts | undefined) => before,
    queryFn: () => lookUp(wanted),
  });
  return data ?? unknown;
}

async function lookUp(names: string[]): Promise<ChildFacts> {
  const parent = parentOf(countyOf(names[0]!));
  const [children, contacts] = await Promise.all([
    childrenClient.listChildren({ parent, names, pageSize: mostChildren }),
    contactsClient.batchGetLastContacts({ parent, children: names }).catch(() => undefined), // not everybody may
  ]);
  return {
    children: new Map(children.children.map((child) => [child.name, child])),
    lastContacts: new Map(contacts?.lastContacts.map((last) => [last.child, last.happenTime!]) ?? []),
    known: contacts !== undefined,
  };
}

export function ChildCell({ child, school, facts, none }: { child: string; school: string; facts: ChildFacts; none: string }) {
  if (child === "") return <>{none}</>;
  const known = facts.children.get(child);
  return (
    <>
      <Link className="in-text" to={`/${countyOf(child)}/children/${idOf(child)}`}>{known?.displayName ?? kit.notYet}</Link>
      {known !== undefined && <span className="quiet">　{kit.classOf(known.grade, known.classNumber)}</span>}
      <div className="quiet">{school}</div>
    </>
  );
}

export function Phone({ number }: { number: string }) {
  return number === "" ? <>{kit.nobody}</> : <a className="phone" href={`tel:${number}`}>{number}</a>;
}

export function GuardianPhone({ child, facts }: { child: string; facts: ChildFacts }) {
  const guardian = facts.children.get(child)?.guardian;
  if (guardian === undefined) return null;
  return (
    <>
      <Phone number={guardian.phone} />
      <div className="quiet">{t.relation(guardian.relation, guardian.displayName)}</div>
    </>
  );
}

export function LastContact({ child, facts }: { child: string; facts: ChildFacts }) {
  if (child === "" || !facts.known) return null;
  const last = facts.lastContacts.get(child);
  return last === undefined ? <span className="warn">{t.never}</span> : <When time={last} />;
}
