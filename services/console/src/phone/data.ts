// What the phone pages show: asked of the services, kept encrypted for when there is no network.

import { createClient } from "@connectrpc/connect";
import { SignalService } from "../gen/tonghu/alerts/v1/signal_service_pb.ts";
import { Role } from "../gen/tonghu/access/v1/identity_pb.ts";
import { DutyService } from "../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { PairingService } from "../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { ChildService } from "../gen/tonghu/registry/v1/child_service_pb.ts";
import { DirectoryService } from "../gen/tonghu/registry/v1/directory_service_pb.ts";
import { now } from "../shared/clock.ts";
import { isoDay, millis } from "../shared/dates.ts";
import { countyOf, parentOf, resource } from "../shared/names.ts";
import type { Me } from "../shared/session.tsx";
import { transport } from "../shared/transport.ts";
import type { Owed } from "./needs.ts";

/** A child that the person looks after. */
export interface Child {
  name: string; // the resource name
  displayName: string;
  household: string;
  grade: number;
  classNumber: number;
  lastContact?: number;
  /** In the order of urgency; empty for a paired child of whom nothing is owed now. */
  owed: Owed[];
}
/** The class of a class teacher, with what is known of this morning. */
export interface Class {
  grade: number;
  classNumber: number;
  children: { name: string; displayName: string }[];
  date: string;
  absent: { child: string; withLeave: boolean }[];
}
export interface Data {
  takenAt: number;
  /** By urgency, then those of whom nothing is owed. */
  children: Child[];
  classes: Class[];
}

const duties = createClient(DutyService, transport);
const pairings = createClient(PairingService, transport);
const directory = createClient(DirectoryService, transport);
const registry = createClient(ChildService, transport);
const signals = createClient(SignalService, transport);
const mostRows = 1000;

/** Asks the services for everything that the pages show. */
export async function load(me: Me): Promise<Data> {
  const [children, classes] = await Promise.all([loadChildren(me), loadClasses(me)]);
  return { takenAt: now(), children, classes };
}

async function loadChildren(me: Me): Promise<Child[]> {
  if (me.staffMember === "") return [];
  const parent = parentOf(countyOf(me.staffMember));
  const [owed, paired] = await Promise.all([
    duties.listOwedDuties({ parent, helper: me.staffMember, pageSize: mostRows }),
    pairings.listPairings({ parent, helper: me.staffMember, pageSize: mostRows }),
  ]);
  const children = new Map<string, Child>();
  const of = (name: string): Child => {
    const there = children.get(name);
    if (there !== undefined) return there;
    const made = { name, displayName: "", household: name, grade: 0, classNumber: 0, owed: [] };
    children.set(name, made);
    return made;
  };
  for (const row of owed.owedDuties) {
    if (row.duty === undefined) continue;
    const child = of(row.duty.child);
    child.grade = row.grade;
    child.classNumber = row.classNumber;
    const last = millis(row.lastContactTime);
    if (last !== undefined) child.lastContact = last;
    child.owed.push({
      kind: row.duty.kind,
      state: row.duty.state,
      windowStart: millis(row.duty.windowStart) ?? 0,
      windowEnd: millis(row.duty.windowEnd) ?? 0,
      dueTime: millis(row.duty.dueTime) ?? 0,
    });
  }
  paired.pairings.forEach((pairing) => of(pairing.child));
  await nameThem(parent, children);
  return Array.from(children.values());
}

async function nameThem(parent: string, children: Map<string, Child>): Promise<void> {
  if (children.size === 0) return;
  const { displayNames } = await directory.batchGetDisplayNames({ parent, names: Array.from(children.keys()) });
  for (const { name, displayName, household } of displayNames) {
    const child = children.get(name);
    if (child === undefined) continue;
    child.displayName = displayName;
    child.household = household || name;
  }
}

async function loadClasses(me: Me): Promise<Class[]> {
  const areas = me.session.rights.filter((right) => right.role === Role.CLASS_TEACHER).map((right) => right.area);
  return Promise.all(
    areas.map(async (area): Promise<Class> => {
      const county = area?.county ?? "";
      const [grade, classNumber] = [area?.grade ?? 0, area?.classNumber ?? 0];
      const school = resource(county, "schools", area?.schoolId ?? "");
      const date = isoDay(now());
      const [listed, absences] = await Promise.all([
        registry.listChildren({ parent: parentOf(county), school, grade, classNumber, pageSize: mostRows }),
        signals.listAbsences({ parent: parentOf(county), school, firstDate: date, lastDate: date, pageSize: mostRows }),
      ]);
      // Only names stay on the phone: identity numbers and phone numbers are asked for when they are needed.
      const children = listed.children.map(({ name, displayName }) => ({ name, displayName }));
      const here = new Set(children.map(({ name }) => name));
      const absent = absences.absences
        .filter(({ child }) => here.has(child))
        .map(({ child, morning }) => ({ child, withLeave: morning?.withLeave ?? false }));
      return { grade, classNumber, children, date, absent };
    }),
  );
}

/** Children by household, in the order of each household's most urgent child. */
export function byHousehold<T extends Child>(children: T[]): T[][] {
  const households = new Map<string, T[]>();
  for (const child of children) {
    const there = households.get(child.household);
    if (there === undefined) households.set(child.household, [child]);
    else there.push(child);
  }
  return Array.from(households.values());
}
