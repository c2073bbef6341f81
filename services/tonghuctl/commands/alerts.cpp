// tonghuctl alerts list, show and notifications: who was told what, when.
#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "services/tonghuctl/commands/alert_text.h"
#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"

namespace tonghu::tonghuctl {

using namespace alerts::v1;
using Stub = AlertService::Stub;

std::string EntriesText(const google::protobuf::RepeatedPtrField<AlertEntry>& entries) {
  Table table({"时间", "事项", "层级", "人员", "岗位", "步骤", "下一步"});
  for (const AlertEntry& entry : entries) {
    std::string person = entry.staff_name().empty() ? ShortName(entry.staff_member()) : entry.staff_name();
    if (entry.as_deputy()) person += "（代理）";
    table.Add({TimeText(entry.time()), Label(entry.action()), Label(entry.level()), person,
               ShortName(entry.post()), fmt::format("{}", entry.step() + 1),
               TimeText(entry.next_step_time())});
  }
  return table.Text();
}

namespace {

// "2026-09-10、2026-09-11（请假）".
std::string MorningsText(const Alert& alert) {
  std::vector<std::string> mornings;
  for (const AbsentMorning& morning : alert.mornings()) {
    mornings.push_back(morning.date() + (morning.school_closed() ? "（停课）"
                                         : morning.with_leave()  ? "（请假）"
                                                                 : ""));
  }
  return absl::StrJoin(mornings, "、");
}

// What the operators are told, and what to do; empty for other alerts.
std::string NoticeText(const journal::v1::OperatorNotice& notice) {
  if (notice.matter() == journal::v1::OPERATOR_MATTER_CLOCK) {
    return fmt::format("{} 时钟不准（{}）：校准后自动恢复", notice.replica(), notice.detail());
  }
  if (notice.matter() == journal::v1::OPERATOR_MATTER_EVENT_WAITS) {
    return fmt::format(
        "{} 无法处理 {} 的事件 {}（位置 "
        "{}），同一分片的后续事件都在等待：请查看该服务的日志，排除原因后自动恢复",
        notice.service(), notice.producer(), notice.type(), notice.seq());
  }
  if (notice.matter() != journal::v1::OPERATOR_MATTER_QUARANTINE) return "";
  return fmt::format("{} 隔离了 {} 的事件 {}（位置 {}）：排除原因后放行，--service {} --key {}",
                     notice.service(), notice.producer(), notice.type(), notice.seq(), notice.service(),
                     notice.key());
}

// "已送达 3，无人接收 1"; empty when there are no messages.
std::string DeliveryText(const Delivery& delivery) {
  const std::pair<NotificationState, int> counts[] = {{NOTIFICATION_STATE_SENT, delivery.sent()},
                                                      {NOTIFICATION_STATE_PENDING, delivery.pending()},
                                                      {NOTIFICATION_STATE_FAILED, delivery.failed()},
                                                      {NOTIFICATION_STATE_NOT_TAKEN, delivery.not_taken()},
                                                      {NOTIFICATION_STATE_WITHDRAWN, delivery.withdrawn()}};
  std::vector<std::string> parts;
  for (const auto& [state, count] : counts) {
    if (count > 0) parts.push_back(fmt::format("{} {}", Label(state), count));
  }
  return absl::StrJoin(parts, "，");
}

}  // namespace

std::string AlertCard(const Alert& alert) {
  Table table({"项目", "内容"});
  const auto add = [&table](const char* what, const std::string& value) {
    if (!value.empty()) table.Add({what, value});
  };
  add("预警", alert.name());
  add("种类", Label(alert.kind()));
  add("状态", Label(alert.state()));
  add("儿童", alert.child());
  add("学校", alert.school());
  add("任务", alert.duty());
  add(alert.kind() == ALERT_KIND_DUTY_MISSED ? "所在周（周一）" : "日期", alert.date());
  add("缺勤日期", MorningsText(alert));
  add("突发事件", Label(alert.emergency().kind()));
  add("事件经过", alert.emergency().description());
  add("事发时间", TimeText(alert.emergency().happen_time()));
  add("报告人", ShortName(alert.emergency().reporter()));
  add("平台问题", NoticeText(alert.notice()));
  add("通知次数", alert.notices() > 1 ? fmt::format("{}", alert.notices()) : "");
  add("发生次数", alert.occurrences() > 1 ? fmt::format("{}", alert.occurrences()) : "");
  add("已到层级", Label(alert.level()));
  add("发出时间", TimeText(alert.raise_time()));
  add("最近联系", TimeText(alert.last_contact_time()));
  add("下一步", TimeText(alert.next_step_time()));
  add("送达情况", DeliveryText(alert.delivery()));
  add("响应", alert.acknowledged_by().empty()
                  ? ""
                  : TimeText(alert.acknowledge_time()) + " " + ShortName(alert.acknowledged_by()));
  add("办结", TimeText(alert.resolve_time()));
  add("办结说明", alert.resolution());
  add("策略版本", alert.policy_version() == 0 ? "内置" : fmt::format("{}", alert.policy_version()));
  return table.Text() + "\n" + EntriesText(alert.entries());
}

namespace {

struct ListOptions {
  std::string county, state, kind, child;
  PageOptions paging;
};
struct ShowOptions {
  std::string county, alert;
};

absl::Status List(Session& session, const ListOptions& options) {
  Typed typed(options.county);
  ListAlertsRequest request;
  request.set_child(typed.Name("--child", "children", options.child));
  request.set_parent(typed.Parent());
  request.set_state(ParseEnum<AlertState>(options.state));
  request.set_kind(ParseEnum<AlertKind>(options.kind));
  if (!typed.ok()) return typed.status();
  const auto found = AskPages(session.client(), &Stub::ListAlerts, request, options.paging);
  if (!found.ok()) return found.status();
  session.output.Show(*found, [&] {
    Table table({"编号", "种类", "状态", "儿童或学校", "发出时间", "已到层级", "下一步", "响应人"});
    for (const Alert& alert : found->alerts()) {
      table.Add({ShortName(alert.name()), Label(alert.kind()), Label(alert.state()),
                 ShortName(alert.child().empty() ? alert.school() : alert.child()),
                 TimeText(alert.raise_time()), Label(alert.level()), TimeText(alert.next_step_time()),
                 ShortName(alert.acknowledged_by())});
    }
    return table.Text() + fmt::format("列出 {} 个\n", found->alerts_size());
  });
  RemarkCut(session, *found);
  return absl::OkStatus();
}

absl::Status Show(Session& session, const ShowOptions& options) {
  Typed typed(options.county);
  GetAlertRequest request;
  request.set_name(typed.Name("ALERT", "alerts", options.alert));
  if (!typed.ok()) return typed.status();
  const auto alert = session.client().Call(&Stub::GetAlert, request);
  if (!alert.ok()) return alert.status();
  session.output.Show(*alert, [&] { return AlertCard(*alert); });
  return absl::OkStatus();
}

absl::Status Notifications(Session& session, const ShowOptions& options) {
  Typed typed(options.county);
  ListNotificationsRequest request;
  request.set_alert(typed.Name("ALERT", "alerts", options.alert));
  if (!typed.ok()) return typed.status();
  const auto found = session.client().Call(&Stub::ListNotifications, request);
  if (!found.ok()) return found.status();
  session.output.Show(*found, [&] {
    Table table(
        {"编号", "收件人", "层级", "内容", "渠道", "状态", "次数", "写入时间", "送达时间", "上次失败原因"});
    for (const Notification& one : found->notifications()) {
      table.Add({one.id(), ShortName(one.staff_member()), Label(one.level()), Label(one.purpose()),
                 one.channel(), Label(one.state()), fmt::format("{}", one.attempts()),
                 TimeText(one.create_time()), TimeText(one.send_time()), one.last_error()});
    }
    return table.Text();
  });
  return absl::OkStatus();
}

void AddShow(Command group, Session& session, const Verb& verb,
             absl::Status (*run)(Session&, const ShowOptions&)) {
  auto [command, options] = AddCommand<ShowOptions>(group, session, verb, run);
  command.AddOption("ALERT", options.alert, "Id or full name").Required();
  AddCounty(command, options.county);
}

}  // namespace

void AddAlerts(Command app, Session& session) {
  const Command group = AddGroup(app, "alerts", "Alerts: seeing, answering and settling them");
  auto [command, options] = AddCommand<ListOptions>(
      group, session, {"list", "List alerts", "alerts list --county 520521 --in-state open"}, List);
  AddCounty(command, options.county);
  AddChoice<AlertState>(command, "--in-state", options.state, "Only this state");
  AddChoice<AlertKind>(command, "--kind", options.kind, "Only this kind");
  command.AddOption("--child", options.child, "Only this child's");
  AddPaging(command, options.paging, 500);
  AddShow(group, session,
          {"show", "Show an alert and everything that happened", "alerts show 0193... --county 520521"},
          Show);
  AddShow(group, session,
          {"notifications", "Show the messages sent for an alert",
           "alerts notifications 0193... --county 520521"},
          Notifications);
  AddAlertWatch(group, session);
  AddAlertAnswers(group, session);
}

}  // namespace tonghu::tonghuctl
