// Who was paired with a child: who may have made a contact with the child.

import { PairingService } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { countyOf, parentOf } from "../../shared/names.ts";
import { useList } from "../kit/pages.tsx";

/** The helpers, those who are paired now first: those who were paired until now may have talked before they handed over. */
export function usePairedWith(child: string) {
  const pairings = useList(PairingService.method.listPairings, { parent: parentOf(countyOf(child)), child, showEnded: true, pageSize: 50 }, (a) => a.pairings);
  const helpers = [...new Set([...pairings.rows].sort((a, b) => Number(a.endTime !== undefined) - Number(b.endTime !== undefined)).map((pairing) => pairing.helper))];
  return { pairings, helpers };
}
