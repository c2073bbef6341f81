import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { JournalStatusSchema } from "../../gen/tonghu/journal/v1/journal_service_pb.ts";
import { timestamp } from "../../shared/dates.ts";
import { adviceOf } from "./checks.ts";
import { lagsOf, sweptThrough, takeSwept, type Look, type ServiceLook } from "./looks.ts";

const at = Date.parse("2026-11-26T12:00:00+08:00");
const day = 86_400_000;

/** A service with one replica that is well: one shard, worked, at position 10, swept, a certificate of 60 days. */
function service(name: string, change: object = {}): ServiceLook {
  const status = create(JournalStatusSchema, {
    service: name,
    replica: `${name}-1`,
    busConnected: true,
    now: timestamp(at),
    certificateExpireTime: timestamp(at + 60 * day),
    shards: [shard({})],
    ...change,
  } as MessageInitShape<typeof JournalStatusSchema>);
  return { service: name, replicas: [{ status, asked: 0, answered: 10 }], silent: [], error: "", quarantined: [] };
}
const shard = (change: object) =>
  ({ shard: 0, headSeq: 10n, relayedSeq: 10n, leased: true, sweptThrough: timestamp(at), cursors: [], ...change });
const found = (look: Look, before: Look | undefined = look) =>
  adviceOf(look, before, takeSwept(new Map(), look), at).map((one) => one.found).join("\n");

describe("what should be seen to", () => {
  it("is nothing while all is well", () => {
    expect(found([service("registry"), service("pairing", { shards: [shard({ cursors: [{ producer: "registry", seq: 10n }] })] })])).toBe("");
  });
  it("is a service that does not answer, and a replica of which others have taken over", () => {
    expect(found([{ ...service("registry"), replicas: [], error: "连不上" }])).toContain("没有应答：连不上");
    expect(found([{ ...service("registry"), silent: ["registry-2"] }])).toContain("registry-2 没有应答");
  });
  it("is a bus that is away, a clock that is distrusted, a quarantine that is not empty", () => {
    expect(found([service("registry", { busConnected: false })])).toContain("未连上消息总线");
    expect(found([service("registry", { clockDistrusted: "5s" })])).toContain("时钟不准");
    expect(found([service("registry", { quarantined: 2n })])).toContain("隔离了 2 条");
  });
  it("is a clock that is certainly 2 s apart from another's, and not one that may be nearer", () => {
    expect(found([service("registry"), service("another", { now: timestamp(at + 2_005) })])).toBe("");
    expect(found([service("registry"), service("another", { now: timestamp(at + 3_000) })])).toContain("相差至少 3 秒");
  });
  it("is a certificate that lasts a week or less, or can't be read", () => {
    expect(found([service("registry", { certificateExpireTime: timestamp(at + 7 * day + 1) })])).toBe("");
    expect(found([service("registry", { certificateExpireTime: timestamp(at + 7 * day) })])).toContain("12月3日 周四 12:00 到期");
    expect(found([service("registry", { certificateExpireTime: timestamp(0) })])).toContain("证书文件读不到");
  });
  it("is what stood in a journal at the look before and has not arrived", () => {
    const pairing = (seq: bigint) => service("pairing", { shards: [shard({ cursors: [{ producer: "registry", seq }] })] });
    const registry = (headSeq: bigint, relayedSeq = headSeq) => service("registry", { shards: [shard({ headSeq, relayedSeq })] });
    const before = [registry(10n), pairing(7n)];
    expect(found([registry(30n), pairing(10n)], before)).toBe("");
    expect(found([registry(30n), pairing(9n)], before)).toContain("落后档案（registry） 1 条（分片 0）");
    expect(found([registry(30n, 9n), pairing(10n)], before)).toContain("有 1 条事件没有上消息总线");
  });
  it("is a consumer that has never applied anything", () => {
    const look = [service("registry"), service("pairing")];
    expect(found(look)).toContain("落后档案（registry） 10 条");
    expect(lagsOf(look, look).map(({ key }) => key)).toEqual(["registry bus", "pairing bus", "pairing registry"]);
  });
  it("is a shard that nobody works", () => {
    expect(found([service("registry", { shards: [shard({ leased: false })] })])).toContain("分片 0无人处理");
  });
  it("is a deadline that is held: a minute behind, by the newest that was seen", () => {
    expect(found([service("registry", { shards: [shard({ sweptThrough: timestamp(at - 60_000) })] })])).toBe("");
    const late = service("registry", { shards: [shard({ sweptThrough: timestamp(at - 61_000) })] });
    expect(found([late])).toContain("期限只处理到 11月26日 周四 11:58");
    // Between a commit and the next look at the shard nothing is known of it: what was known counts.
    const known = takeSwept(takeSwept(new Map(), [service("registry")]), [service("registry", { shards: [shard({ sweptThrough: undefined })] })]);
    expect(sweptThrough(late, known)).toBe(at);
  });
});
