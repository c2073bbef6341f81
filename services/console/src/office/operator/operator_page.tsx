// What runs where, how far behind, what is set aside; and what to do about it.

import { App, Button } from "antd";
import { useState } from "react";
import { formatTime } from "../../shared/dates.ts";
import { sentence } from "../../shared/errors.ts";
import type { QuarantinedEvent } from "../../gen/tonghu/journal/v1/journal_service_pb.ts";
import { useMe } from "../../shared/session.tsx";
import { Nothing, Page, Section, Wait } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { When } from "../kit/when.tsx";
import { certificateEnd, nameOf, type Advice } from "./checks.ts";
import { lagsOf, positionOf, sweptThrough, type Lag, type Look, type Replica, type ServiceLook } from "./looks.ts";
import { journalOf, useStatus, type Status } from "./status.ts";
import { operator as t } from "./text.ts";

export function OperatorPage() {
  const { status, refetch } = useStatus();
  if (status === undefined) return <Page title={t.title}><Wait /></Page>;
  return (
    <Page title={t.title} about={t.about}>
      <Section title={t.advice}><AdviceList advice={status.advice} /></Section>
      <Section title={t.services}><Replicas look={status.look} /></Section>
      <Section title={t.journals}><Journals status={status} /></Section>
      <Section title={t.lag}><Lags look={status.look} /></Section>
      <Section title={t.quarantine}><Quarantine look={status.look} done={refetch} /></Section>
    </Page>
  );
}

function AdviceList({ advice }: { advice: Advice[] }) {
  if (advice.length === 0) return <p>{t.fine}</p>;
  return (
    <WideTable<Advice>
      size="small"
      rowKey="found"
      aria-label={t.advice}
      pagination={false}
      dataSource={advice}
      columns={[
        { title: t.adviceColumns.found, width: "40%", render: (_, { found }) => <span className="warn">{found}</span> },
        { title: t.adviceColumns.remedy, render: (_, { remedy }) => remedy },
      ]}
    />
  );
}

interface ReplicaRow {
  service: string;
  name: string;
  replica: Replica | undefined;
}

/** A row for each replica; one that does not answer any more keeps its row. */
function replicaRows(look: Look): ReplicaRow[] {
  return look.flatMap(({ service, replicas, silent }) => {
    const rows: ReplicaRow[] = [
      ...replicas.map((replica) => ({ service, name: replica.status.replica, replica })),
      ...silent.map((name) => ({ service, name, replica: undefined })),
    ].sort((a, b) => a.name.localeCompare(b.name));
    return rows.length > 0 ? rows : [{ service, name: "", replica: undefined }];
  });
}

function Replicas({ look }: { look: Look }) {
  const warn = (words: string) => <span className="warn">{words}</span>;
  return (
    <WideTable<ReplicaRow>
      size="small"
      rowKey={({ service, name }) => `${service} ${name}`}
      aria-label={t.services}
      pagination={false}
      dataSource={replicaRows(look)}
      columns={[
        { title: t.columns.service, render: (_, row) => nameOf(row.service) },
        { title: t.columns.replica, render: (_, row) => row.name },
        { title: t.columns.state, render: (_, row) => (row.replica === undefined ? warn(t.away) : t.running) },
        { title: t.columns.bus, render: (_, { replica }) => replica && (replica.status.busConnected ? t.up : warn(t.down)) },
        { title: t.columns.shards, render: (_, { replica }) => replica?.status.shards.filter(({ leased }) => leased).map(({ shard }) => shard).join(" ") },
        { title: t.columns.inFlight, className: "number", render: (_, { replica }) => replica && Number(replica.status.commandsInFlight) },
        { title: t.columns.clock, render: (_, { replica }) => replica && (replica.status.clockDistrusted === "" ? t.good : warn(replica.status.clockDistrusted)) },
        { title: t.columns.certificate, render: (_, { replica }) => replica && certificateText(replica) },
      ]}
    />
  );
}

function certificateText(replica: Replica): string {
  const end = certificateEnd(replica);
  return end === undefined ? t.noTls : end === 0 ? t.unread : formatTime(end);
}

function Journals({ status: { look, swept } }: { status: Status }) {
  const sum = (positions: Map<number, bigint>) => Number([...positions.values()].reduce((all, one) => all + one, 0n));
  const rows = look.filter(({ replicas }) => replicas.length > 0).map((one) => ({ one, position: positionOf(one) }));
  return (
    <WideTable<(typeof rows)[number]>
      size="small"
      rowKey={({ one }) => one.service}
      aria-label={t.journals}
      pagination={false}
      dataSource={rows}
      columns={[
        { title: t.journalColumns.service, render: (_, { one }) => nameOf(one.service) },
        { title: t.journalColumns.head, className: "number", render: (_, { position }) => sum(position.heads) },
        { title: t.journalColumns.relay, className: "number", render: (_, { position }) => sum(position.heads) - sum(position.relayed) },
        { title: t.journalColumns.swept, render: (_, { one }) => formatTime(sweptThrough(one, swept)) },
        { title: t.journalColumns.quarantined, className: "number", render: (_, { position }) => position.quarantined },
      ]}
    />
  );
}

function Lags({ look }: { look: Look }) {
  return (
    <WideTable<Lag>
      size="small"
      rowKey="key"
      aria-label={t.lag}
      pagination={false}
      dataSource={lagsOf(look, look).filter(({ of }) => of !== "bus")}
      columns={[
        { title: t.lagColumns.consumer, render: (_, row) => nameOf(row.service) },
        { title: t.lagColumns.producer, render: (_, row) => nameOf(row.of) },
        { title: t.lagColumns.behind, render: (_, row) => <span className={row.events > 0 ? "warn" : ""}>{t.behind(row.events)}</span> },
      ]}
    />
  );
}

interface Row {
  key: string;
  service: string;
  event: QuarantinedEvent;
}

function Quarantine({ look, done }: { look: Look; done: () => void }) {
  const me = useMe();
  const { message } = App.useApp();
  const [busy, setBusy] = useState("");
  const rows = look.flatMap(({ service, quarantined }: ServiceLook): Row[] => quarantined.map((event) => ({
    key: `${service}/${event.event?.producer}/${event.event?.shard}/${event.event?.seq}`, service, event,
  })));
  const release = async (row: Row) => {
    setBusy(row.key);
    try {
      const answer = await journalOf(row.service).releaseQuarantinedEvents({ county: row.event.event?.county ?? "", key: row.event.event?.key ?? "" });
      void message.info(t.released(answer.applied, answer.remaining), 6);
    } catch (error) {
      void message.error(sentence(error), 6);
    }
    setBusy("");
    done();
  };
  if (rows.length === 0) return <Nothing>{t.quarantineEmpty}</Nothing>;
  return (
    <WideTable<Row>
      size="small"
      rowKey="key"
      aria-label={t.quarantine}
      dataSource={rows}
      columns={[
        { title: t.quarantineColumns.service, render: (_, row) => nameOf(row.service) },
        { title: t.quarantineColumns.event, render: (_, row) => <code>{row.event.event?.type}</code> },
        { title: t.quarantineColumns.key, render: (_, row) => <code>{row.event.event?.county}/{row.event.event?.key}</code> },
        { title: t.quarantineColumns.error, render: (_, row) => row.event.error },
        { title: t.quarantineColumns.time, render: (_, row) => <When time={row.event.time} /> },
        { title: "", render: (_, row) => me.may("quarantinedEvents.release") && <Button size="small" loading={busy === row.key} onClick={() => void release(row)}>{t.release}</Button> },
      ]}
    />
  );
}
