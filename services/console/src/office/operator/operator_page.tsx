// What runs where, how far behind, what is set aside; and what to do about it.

import { App, Button, Table } from "antd";
import { Link } from "react-router";
import { formatTime } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { Nothing, Page, Section, Wait } from "../kit/page.tsx";
import { When } from "../kit/when.tsx";
import { adviceOf, behindOf, swept, useStatus, type ServiceStatus } from "./status.ts";
import { operator as t } from "./text.ts";
import { useState } from "react";
import { sentence } from "../../shared/errors.ts";
import type { QuarantinedEvent } from "../../gen/tonghu/journal/v1/journal_service_pb.ts";

export function OperatorPage() {
  const { services, refetch } = useStatus();
  if (services === undefined) return <Page title={t.title}><Wait /></Page>;
  const advice = adviceOf(services);
  return (
    <Page title={t.title} about={t.about} actions={<Link to="/000000/alerts">{t.alerts}</Link>}>
      <Section title={t.advice}>
        {advice.length === 0 ? <p>{t.fine}</p> : <ul>{advice.map((one) => <li key={one} className="warn">{one}</li>)}</ul>}
      </Section>
      <Section title={t.services}><Services services={services} /></Section>
      <Section title={t.lag}>
        <Table size="small" rowKey="key" aria-label={t.lag} pagination={false} dataSource={behindOf(services)}
          columns={[
            { title: t.lagColumns.consumer, render: (_, row) => t.names[row.consumer] ?? row.consumer },
            { title: t.lagColumns.producer, render: (_, row) => t.names[row.producer] ?? row.producer },
            { title: t.lagColumns.behind, render: (_, row) => <span className={row.behind > 0 ? "warn" : ""}>{t.behind(row.behind)}</span> },
          ]} />
      </Section>
      <Section title={t.quarantine}><Quarantine services={services} done={refetch} /></Section>
    </Page>
  );
}

function Services({ services }: { services: ServiceStatus[] }) {
  return (
    <Table<ServiceStatus>
      size="small"
      rowKey="service"
      aria-label={t.services}
      pagination={false}
      dataSource={services}
      columns={[
        { title: t.columns.service, render: (_, row) => t.names[row.service] ?? row.service },
        { title: t.columns.replica, render: (_, row) => row.status?.replica ?? <span className="warn">{t.away}</span> },
        { title: t.columns.bus, render: (_, row) => row.status && (row.status.busConnected ? t.up : <span className="warn">{t.down}</span>) },
        { title: t.columns.head, className: "number", render: (_, row) => row.status && row.status.shards.reduce((sum, shard) => sum + Number(shard.headSeq), 0) },
        { title: t.columns.relay, className: "number", render: (_, row) => row.status && row.status.shards.reduce((sum, shard) => sum + Number(shard.headSeq - shard.relayedSeq), 0) },
        { title: t.columns.quarantined, className: "number", render: (_, row) => row.status && Number(row.status.quarantined) },
        { title: t.columns.inFlight, className: "number", render: (_, row) => row.status && Number(row.status.commandsInFlight) },
        { title: t.columns.clock, render: (_, row) => row.status && (row.status.clockDistrusted === "" ? t.good : <span className="warn">{row.status.clockDistrusted}</span>) },
        { title: t.columns.swept, render: (_, row) => formatTime(swept(row)) },
      ]}
    />
  );
}

type Row = { key: string; service: ServiceStatus; event: QuarantinedEvent };

function Quarantine({ services, done }: { services: ServiceStatus[]; done: () => void }) {
  const me = useMe();
  const { message } = App.useApp();
  const [busy, setBusy] = useState("");
  const rows = services.flatMap((service): Row[] => service.quarantined.map((event) => ({
    key: `${service.service}/${event.event?.producer}/${event.event?.shard}/${event.event?.seq}`, service, event,
  })));
  const release = async (row: Row) => {
    setBusy(row.key);
    try {
      const answer = await row.service.release(row.event.event?.county ?? "", row.event.event?.key ?? "");
      void message.info(t.released(answer.applied, answer.remaining), 6);
    } catch (error) {
      void message.error(sentence(error), 6);
    }
    setBusy("");
    done();
  };
  if (rows.length === 0) return <Nothing>{t.quarantineEmpty}</Nothing>;
  return (
    <Table<Row>
      size="small"
      rowKey="key"
      aria-label={t.quarantine}
      dataSource={rows}
      columns={[
        { title: t.quarantineColumns.service, render: (_, row) => t.names[row.service.service] ?? row.service.service },
        { title: t.quarantineColumns.event, render: (_, row) => <code>{row.event.event?.type}</code> },
        { title: t.quarantineColumns.key, render: (_, row) => <code>{row.event.event?.county}/{row.event.event?.key}</code> },
        { title: t.quarantineColumns.error, render: (_, row) => row.event.error },
        { title: t.quarantineColumns.time, render: (_, row) => <When time={row.event.time} /> },
        { title: "", render: (_, row) => me.may("quarantinedEvents.release") && <Button size="small" loading={busy === row.key} onClick={() => void release(row)}>{t.release}</Button> },
      ]}
    />
  );
}
