// Who holds which post in a county, and the staff.

import { callUnaryMethod } from "@connectrpc/connect-query";
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Form, Input, Modal, Select, Tabs, Tag, type TableColumnsType } from "antd";
import { useMemo, useState } from "react";
import { Sex, SexSchema } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { PostKind, PostKindSchema, type Post, type StaffMember } from "../../gen/tonghu/registry/v1/directory_pb.ts";
import { DirectoryService } from "../../gen/tonghu/registry/v1/directory_service_pb.ts";
import { idOf, resource } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { transport } from "../../shared/transport.ts";
import { choices, wordOf } from "../../shared/words.ts";
import { Phone } from "../children/facts.tsx";
import { useCommand } from "../kit/command.ts";
import { Loaded, Nothing, Page, Trouble } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { useCounty, useFilters, useParent } from "../kit/place.ts";
import { SchoolChoice, useSchools } from "../kit/schools.tsx";
import { StaffChoice, useStaff } from "../kit/staff.tsx";
import { kit } from "../kit/text.ts";
import { useDivisions, usePlaceName } from "../place_name.ts";
import { people as t } from "./text.ts";

const mostPosts = 20_000;

function usePosts() {
  const parent = useParent();
  return useQuery({
    queryKey: ["posts", parent],
    enabled: !parent.endsWith("/000000"),
    queryFn: async () => {
      const posts: Post[] = [];
      let pageToken = "";
      do {
        const answer = await callUnaryMethod(transport, DirectoryService.method.listPosts, { parent, pageSize: 1000, pageToken });
        posts.push(...answer.posts);
        pageToken = answer.nextPageToken;
      } while (pageToken !== "" && posts.length < mostPosts);
      return posts.sort((a, b) => b.kind - a.kind || a.name.localeCompare(b.name));
    },
  });
}

export function PeoplePage() {
  return useCounty() === "000000" ? <Page title={t.title}><Nothing>{t.ofCounties}</Nothing></Page> : <PeopleOfCounty />;
}

function PeopleOfCounty() {
  const place = usePlaceName();
  const [{ tab }, setFilters] = useFilters({ tab: "posts" });
  return (
    <Page title={t.title} about={t.about(place)}>
      <Tabs
        activeKey={tab}
        onChange={(next) => setFilters({ tab: next })}
        items={[
          { key: "posts", label: t.posts, children: <Posts /> },
          { key: "staff", label: t.staff, children: <Staff /> },
        ]}
      />
    </Page>
  );
}

/** The names of schools and staff, by resource name. Administrators may read these lists, and no display names. */
function useDirectory(): (name: string) => string {
  const schools = useSchools();
  const staff = useStaff();
  const names = useMemo(() => new Map([...(schools.data ?? []), ...(staff.data ?? [])].map(({ name, displayName }) => [name, displayName])), [schools.data, staff.data]);
  return (name) => names.get(name) ?? idOf(name);
}

function Posts() {
  const me = useMe();
  const posts = usePosts();
  const [filters, setFilters] = useFilters({ tab: "posts", kind: "0", vacant: "" });
  const [changing, setChanging] = useState<Post>();
  const names = useDirectory();
  const townships = useDivisions(useCounty());
  const place = usePlaceName();
  const placeOf = (post: Post) => {
    if (post.school !== "") return names(post.school) + (post.kind === PostKind.CLASS_TEACHER ? ` ${kit.classOf(post.grade, post.classNumber)}` : "");
    if (post.townshipCode !== "") return townships.data?.divisions.find(({ code }) => code === post.townshipCode)?.displayName ?? post.townshipCode;
    return post.kind === PostKind.PROVINCE_OFFICE ? kit.province : place;
  };
  const columns: TableColumnsType<Post> = [
    { title: t.columns.post, width: 140, render: (_, post) => wordOf(PostKindSchema, post.kind) },
    { title: t.columns.place, render: (_, post) => placeOf(post) },
    { title: t.columns.holder, width: 140, render: (_, post) => post.holder ? names(post.holder) : <span className="warn">{t.nobody}</span> },
    { title: t.columns.deputy, width: 140, render: (_, post) => post.deputy ? names(post.deputy) : kit.nobody },
    ...(me.may("posts.put") ? [{ title: "", width: 80, render: (_: unknown, post: Post) => <Button type="link" size="small" onClick={() => setChanging(post)}>{t.change}</Button> }] : []),
  ];
  return (
    <>
      <div className="filters no-print">
        <Select aria-label={t.kind} value={filters.kind} style={{ width: 150 }} onChange={(kind) => setFilters({ kind })}
          options={[{ value: "0", label: t.allKinds }, ...choices(PostKindSchema).map(({ value, label }) => ({ value: String(value), label }))]} />
        <Checkbox checked={filters.vacant === "1"} onChange={(event) => setFilters({ vacant: event.target.checked ? "1" : "" })}>{t.vacantOnly}</Checkbox>
        <span className="quiet">{t.vacantCount((posts.data ?? []).filter((post) => !post.holder).length)}</span>
      </div>
      <Loaded query={posts}>
        {(rows) => (
          <WideTable<Post> size="small" rowKey="name" aria-label={t.posts} columns={columns}
            dataSource={rows.filter((post) => (filters.kind === "0" || post.kind === Number(filters.kind)) && (filters.vacant !== "1" || !post.holder))}
            pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} locale={{ emptyText: <Nothing>{t.postsEmpty}</Nothing> }} />
        )}
      </Loaded>
      {changing !== undefined && <ChangePost post={changing} place={placeOf(changing)} close={() => setChanging(undefined)} />}
    </>
  );
}

function ChangePost({ post, place, close }: { post: Post; place: string; close: () => void }) {
  const parent = useParent();
  const [holder, setHolder] = useState(post.holder ?? "");
  const [deputy, setDeputy] = useState(post.deputy ?? "");
  const put = useCommand(DirectoryService.method.putPost, { said: t.saved, quiet: true });
  return (
    <Modal open title={`${wordOf(PostKindSchema, post.kind)}　${place}`} okText={t.save} confirmLoading={put.busy} onCancel={close}
      onOk={() => void put.run({ parent, post: { ...post, holder, deputy } }).then((answer) => answer && close())}>
      <Form layout="vertical">
        <Form.Item label={t.columns.holder}><StaffChoice label={t.columns.holder} none={t.nobody} value={holder} onChange={setHolder} width={320} /></Form.Item>
        <Form.Item label={t.columns.deputy}><StaffChoice label={t.columns.deputy} none={t.noDeputy} value={deputy} onChange={setDeputy} width={320} /></Form.Item>
      </Form>
      {put.problem !== "" && <Trouble error={put.problem} />}
    </Modal>
  );
}

function Staff() {
  const me = useMe();
  const staff = useStaff();
  const posts = usePosts();
  const [filters, setFilters] = useFilters({ tab: "posts", find: "" });
  const [changing, setChanging] = useState<StaffDraft>();
  const names = useDirectory();
  const held = (member: StaffMember) =>
    [...new Set((posts.data ?? []).filter((post) => post.holder === member.name).map((post) => wordOf(PostKindSchema, post.kind)))].join("、");
  const columns: TableColumnsType<StaffMember> = [
    { title: t.columns.name, render: (_, member) => <>{member.displayName}{member.left && <> <Tag>{kit.left}</Tag></>}</> },
    { title: t.columns.id, render: (_, member) => <code>{idOf(member.name)}</code> },
    { title: t.columns.phone, render: (_, member) => <Phone number={member.phone ?? ""} /> },
    { title: t.columns.school, render: (_, member) => member.school ? names(member.school) : kit.nobody },
    { title: t.columns.sex, width: 72, render: (_, member) => wordOf(SexSchema, member.sex ?? Sex.UNSPECIFIED) },
    { title: t.columns.held, render: (_, member) => held(member) || kit.nobody },
    ...(me.may("staffMembers.put") ? [{
      title: "", width: 80, render: (_: unknown, member: StaffMember) => (
        <Button type="link" size="small" onClick={() => setChanging({ id: idOf(member.name), displayName: member.displayName, phone: member.phone ?? "", school: member.school ?? "", sex: member.sex ?? Sex.UNSPECIFIED, left: member.left ?? false, fresh: false })}>{t.change}</Button>
      ),
    }] : []),
  ];
  return (
    <>
      <div className="filters no-print">
        <Input aria-label={t.find} placeholder={t.find} allowClear style={{ width: 200 }} value={filters.find} onChange={(event) => setFilters({ find: event.target.value })} />
        {me.may("staffMembers.put") && <Button onClick={() => setChanging({ id: "", displayName: "", phone: "", school: "", sex: Sex.UNSPECIFIED, left: false, fresh: true })}>{t.addStaff}</Button>}
      </div>
      <Loaded query={staff}>
        {(rows) => (
          <WideTable<StaffMember> size="small" rowKey="name" aria-label={t.staff} columns={columns}
            dataSource={rows.filter((member) => member.displayName.includes(filters.find) || idOf(member.name).includes(filters.find))}
            pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} locale={{ emptyText: <Nothing>{t.staffEmpty}</Nothing> }} />
        )}
      </Loaded>
      {changing !== undefined && <ChangeStaff draft={changing} close={() => setChanging(undefined)} />}
    </>
  );
}

type StaffDraft = { id: string; displayName: string; phone: string; school: string; sex: Sex; left: boolean; fresh: boolean };

function ChangeStaff({ draft, close }: { draft: StaffDraft; close: () => void }) {
  const county = useCounty();
  const [form, setForm] = useState(draft);
  const put = useCommand(DirectoryService.method.putStaffMember, { said: t.staffSaved, quiet: true });
  return (
    <Modal open title={t.staff} okText={t.save} confirmLoading={put.busy} onCancel={close}
      onOk={() => void put.run({ staffMember: { name: resource(county, "staffMembers", form.id.trim()), displayName: form.displayName.trim(), phone: form.phone.trim(), school: form.school, sex: form.sex, left: form.left } }).then((answer) => answer && close())}>
      <Form layout="vertical">
        <Form.Item label={t.columns.id}><Input aria-label={t.columns.id} disabled={!draft.fresh} value={form.id} onChange={(event) => setForm({ ...form, id: event.target.value })} /></Form.Item>
        <Form.Item label={t.columns.name}><Input aria-label={t.columns.name} value={form.displayName} onChange={(event) => setForm({ ...form, displayName: event.target.value })} /></Form.Item>
        <Form.Item label={t.columns.phone}><Input aria-label={t.columns.phone} value={form.phone} onChange={(event) => setForm({ ...form, phone: event.target.value })} /></Form.Item>
        <Form.Item label={t.columns.school}><SchoolChoice label={t.columns.school} all={t.noSchool} value={form.school} onChange={(school) => setForm({ ...form, school })} /></Form.Item>
        <Form.Item label={t.columns.sex}><Select aria-label={t.columns.sex} value={form.sex} onChange={(sex) => setForm({ ...form, sex })} style={{ width: 120 }} options={[{ value: Sex.UNSPECIFIED, label: t.noSex }, ...choices(SexSchema)]} /></Form.Item>
        {!draft.fresh && <Checkbox checked={form.left} onChange={(event) => setForm({ ...form, left: event.target.checked })}>{kit.left}</Checkbox>}
        {form.left && !draft.left && <p className="warn">{t.leaving}</p>}
        {!form.left && draft.left && <p className="quiet">{t.comingBack}</p>}
      </Form>
      {put.problem !== "" && <Trouble error={put.problem} />}
    </Modal>
  );
}
