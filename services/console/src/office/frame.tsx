// The frame around every page: who is signed in, where, and what there is to do.

import { Button, Menu, Select } from "antd";
import { lazy, Suspense, type ReactNode } from "react";
import { Link, Navigate, Route, Routes, useLocation, useNavigate, useParams } from "react-router";
import { useMe, useSessionStatus, type Me } from "../shared/session.tsx";
import { text } from "../shared/text.ts";
import { AlertPage } from "./alerts/alert_page.tsx";
import { sendWaiting } from "./alerts/deferred.ts";
import { DeferredBar } from "./alerts/deferred_bar.tsx";
import { Inbox } from "./alerts/inbox.tsx";
import { useIdle } from "./idle.ts";
import { Page, Wait } from "./kit/page.tsx";
import { useCounties, useDivisions, usePlaceName } from "./place_name.ts";
import { frame as t } from "./text.ts";

// Pages that most people seldom open come when they are opened.
const children = () => import("./children/pages.ts");
const others = () => import("./office_pages.ts");
const ChildrenPage = lazy(async () => ({ default: (await children()).ChildrenPage }));
const ChildPage = lazy(async () => ({ default: (await children()).ChildPage }));
const other = (name: keyof Awaited<ReturnType<typeof others>>) => lazy(async () => ({ default: (await others())[name] }));
const DutiesPage = other("DutiesPage");
const FiguresPage = other("FiguresPage");
const PeoplePage = other("PeoplePage");
const AccountsPage = other("AccountsPage");
const AccountPage = other("AccountPage");
const AuditPage = other("AuditPage");
const RosterPage = other("RosterPage");
const PairingsPage = other("PairingsPage");
const SchoolsPage = other("SchoolsPage");
const SchoolPage = other("SchoolPage");
const PoliciesPage = other("PoliciesPage");
const OperatorPage = other("OperatorPage");
const MePage = other("MePage");
const WhispersPage = other("WhispersPage");
const WhisperPage = other("WhisperPage");

/** What stands in the menu, with the permission that it needs. */
const entries: { key: string; permission: string }[] = [
  { key: "alerts", permission: "alerts.read" },
  { key: "children", permission: "children.read" },
  { key: "duties", permission: "duties.read" },
  { key: "pairings", permission: "pairings.read" },
  { key: "schools", permission: "calendars.read" },
  { key: "whispers", permission: "whisperLetters.list" },
  { key: "figures", permission: "counts.read" },
  { key: "people", permission: "posts.read" },
  { key: "roster", permission: "children.import" },
  { key: "policies", permission: "escalationPolicies.read" },
  { key: "accounts", permission: "accounts.read" },
  { key: "audit", permission: "auditEntries.read" },
  { key: "operator", permission: "status.read" },
];

function offered(me: Me) {
  return entries.filter(({ permission }) => me.may(permission));
}

export function Frame() {
  return (
    <Routes>
      <Route path="/" element={<Start />} />
      <Route path="/:county/*" element={<Framed />} />
    </Routes>
  );
}

function Framed() {
  const me = useMe();
  useIdle(useSessionStatus().leave);
  const rest = (element: ReactNode) => <Suspense fallback={<Wait />}>{element}</Suspense>;
  return (
    <div className="frame">
      <a className="skip no-print" href="#page">{t.skip}</a>
      <Side />
      <div className="frame-main" id="page">
        <DeferredBar />
        <Routes>
          <Route path="" element={<Navigate to={offered(me)[0]?.key ?? "me"} replace />} />
          <Route path="alerts" element={<Inbox />} />
          <Route path="alerts/:id" element={<AlertPage />} />
          <Route path="children" element={rest(<ChildrenPage />)} />
          <Route path="children/:id" element={rest(<ChildPage />)} />
          <Route path="duties" element={rest(<DutiesPage />)} />
          <Route path="pairings" element={rest(<PairingsPage />)} />
          <Route path="schools" element={rest(<SchoolsPage />)} />
          <Route path="schools/:id" element={rest(<SchoolPage />)} />
          <Route path="whispers" element={rest(<WhispersPage />)} />
          <Route path="whispers/:id" element={rest(<WhisperPage />)} />
          <Route path="figures" element={rest(<FiguresPage />)} />
          <Route path="people" element={rest(<PeoplePage />)} />
          <Route path="roster" element={rest(<RosterPage />)} />
          <Route path="policies" element={rest(<PoliciesPage />)} />
          <Route path="accounts" element={rest(<AccountsPage />)} />
          <Route path="accounts/:id" element={rest(<AccountPage />)} />
          <Route path="audit" element={rest(<AuditPage />)} />
          <Route path="operator" element={rest(<OperatorPage />)} />
          <Route path="me" element={rest(<MePage />)} />
          <Route path="*" element={<Page title={t.unknownTitle}><p>{t.unknown}</p></Page>} />
        </Routes>
      </div>
    </div>
  );
}

function Side() {
  const me = useMe();
  const { county = "" } = useParams();
  const { signOut } = useSessionStatus();
  const navigate = useNavigate();
  const place = usePlaceName();
  const current = useLocation().pathname.split("/")[2] ?? "";
  return (
    <nav className="side no-print" aria-label={t.menuLabel}>
      <Link to={`/${county}`} className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span>{text.product}</span>
      </Link>
      <div className="side-place">{me.county === "" ? <CountyChoice value={county} choose={(next) => navigate(`/${next}/${current}`)} /> : place}</div>
      <Menu
        mode="inline"
        selectedKeys={[current]}
        items={offered(me).map(({ key }) => ({ key, label: <Link to={`/${county}/${key}`}>{t.menu[key]}</Link> }))}
      />
      <div className="side-foot">
        <Link to={`/${county}/me`}>{me.session.displayName}</Link>
        <Button size="small" onClick={() => void sendWaiting().then(signOut)}>{text.signOut}</Button>
      </div>
    </nav>
  );
}

/** Where somebody begins: in their own county; or, with a right over the province, by choosing one. */
function Start() {
  const me = useMe();
  if (me.county !== "") return <Navigate to={`/${me.county}`} replace />;
  if (!me.session.rights.some((right) => (right.area?.county ?? "") === "")) return <Navigate to="/000000/me" replace />;
  if (!offered(me).some(({ permission }) => permission === "alerts.read")) return <Navigate to="/000000" replace />;
  return <Chooser />;
}

function Chooser() {
  const navigate = useNavigate();
  return (
    <main className="page-wait">
      <h1>{t.chooseCounty}</h1>
      <p>{t.chooseHelp}</p>
      <CountyChoice value="" choose={(county) => navigate(`/${county}`)} />
    </main>
  );
}

/** Two steps, prefecture and county: nobody scrolls through a thousand places. */
function CountyChoice({ value, choose }: { value: string; choose: (county: string) => void }) {
  const province = useDivisions("").data?.divisions[0]?.code;
  const prefectures = useDivisions(province);
  const { data: counties } = useCounties(prefectures.data?.divisions.map(({ code }) => code) ?? []);
  return (
    <Select
      aria-label={t.county}
      placeholder={t.chooseCounty}
      value={value === "" || value === "000000" ? undefined : value}
      onChange={choose}
      showSearch={{ optionFilterProp: "label" }}
      popupMatchSelectWidth={280}
      style={{ width: "100%", maxWidth: 320 }}
      options={prefectures.data?.divisions.map((prefecture) => ({
        label: prefecture.displayName,
        title: prefecture.displayName,
        options: (counties?.get(prefecture.code) ?? []).map(({ code, displayName }) => ({ value: code, label: displayName })),
      }))}
    />
  );
}
