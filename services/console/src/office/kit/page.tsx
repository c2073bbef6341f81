// The frame of a page: a title, a sentence that says whose these are, what can be done, the content; and what stands
// there while something is loading, when it failed, and when there is nothing.

import { Alert, Button, Empty, Spin } from "antd";
import type { ReactNode } from "react";
import { sentence } from "../../shared/errors.ts";
import { text } from "../../shared/text.ts";
import { PrintHead } from "./print_head.tsx";
import { kit } from "./text.ts";

export function Page(props: { title: ReactNode; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <main className="page">
      <PrintHead />
      <header className="page-head">
        <div>
          <h1>{props.title}</h1>
          {props.about !== undefined && <p className="page-about">{props.about}</p>}
        </div>
        {props.actions !== undefined && <div className="page-actions no-print">{props.actions}</div>}
      </header>
      {props.children}
    </main>
  );
}

export function Section(props: { title: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <header className="section-head">
        <h2>{props.title}</h2>
        {props.actions !== undefined && <div className="no-print">{props.actions}</div>}
      </header>
      {props.children}
    </section>
  );
}

/** What failed, in a sentence, with a way on. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="trouble"
      title={typeof error === "string" ? error : sentence(error)}
      action={retry && <Button size="small" onClick={retry}>{kit.retry}</Button>}
    />
  );
}

export function Wait() {
  return <div className="wait" role="status"><Spin /> <span>{text.loading}</span></div>;
}

/** An empty place says what comes here. */
export function Nothing({ children }: { children: ReactNode }) {
  return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={children} />;
}

/** Loading, failed, or there. */
export function Loaded<T>(props: {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  children: (data: T) => ReactNode;
}) {
  const { data, error, refetch } = props.query;
  if (data !== undefined) {
    return (
      <>
        {error != null && <Trouble error={error} retry={() => void refetch()} />}
        {props.children(data)}
      </>
    );
  }
  if (error != null) return <Trouble error={error} retry={() => void refetch()} />;
  return <Wait />;
}

/** As `Loaded`, where the whole page is of what is asked: until it is there, `title` stands above. */
export function LoadedPage<T>({ title, ...props }: { title: string } & Parameters<typeof Loaded<T>>[0]) {
  const loaded = <Loaded {...props} />;
  return props.query.data === undefined ? <Page title={title}>{loaded}</Page> : loaded;
}

/** A list of facts: 学校 | 大方一小. */
export function Facts({ items, wide }: { items: [ReactNode, ReactNode][]; wide?: boolean }) {
  return (
    <dl className={wide ? "facts facts-wide" : "facts"}>
      {items.map(([term, fact], i) => (
        <div key={i}>
          <dt>{term}</dt>
          <dd>{fact === "" || fact === undefined ? kit.nobody : fact}</dd>
        </div>
      ))}
    </dl>
  );
}
