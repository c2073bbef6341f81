// tonghuctl policy: who is told when.
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <fstream>

#include "absl/strings/str_join.h"
#include "services/tonghuctl/commands/alert_text.h"
#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/alerts/v1/policy_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace alerts::v1;
using Stub = PolicyService::Stub;

constexpr size_t kMaxPolicyBytes = 1 << 20;

struct ShowOptions {
  std::string county, kind;
  int version = -1;
};
struct TryOptions {
  std::string county, kind, child, school, at, policy;
};
struct PutOptions {
  std::string county, file;
};

std::string Text(const EscalationPolicy& policy) {
  std::string text = fmt::format("{}  {}  版本 {}", policy.parent(), Label(policy.kind()),
                                 policy.version() == 0 ? "内置" : fmt::format("{}", policy.version()));
  if (policy.has_put_time()) text += "  设定于 " + TimeText(policy.put_time());
  text += "\n";
  Table table({"步骤", "等待", "通知"});
  for (int i = 0; i < policy.steps_size(); ++i) {
    std::vector<std::string> levels;
    for (const int level : policy.steps(i).levels()) levels.push_back(Label(static_cast<Level>(level)));
    table.Add({fmt::format("{}", i + 1), DurationText(policy.steps(i).delay()), absl::StrJoin(levels, "、")});
  }
  return text + table.Text() +
         fmt::format("响应后 {} 内未办结则继续上报；最后一步每 {} 重复一次\n",
                     DurationText(policy.resolve_within()), DurationText(policy.repeat_last()));
}

absl::Status Display(const Session& session, const absl::StatusOr<EscalationPolicy>& policy) {
  if (!policy.ok()) return policy.status();
  session.output.Show(*policy, [&] { return Text(*policy); });
  return absl::OkStatus();
}

// The file's policy for the county that was typed or that it names itself.
absl::Status ReadPolicy(const std::string& path, Typed& typed, EscalationPolicy* policy) {
  std::ifstream file(path, std::ios::binary);
  std::string json(kMaxPolicyBytes + 1, '\0');
  if (file) file.read(json.data(), static_cast<std::streamsize>(json.size()));
  json.resize(static_cast<size_t>(file.gcount()));
  if (file.bad() || json.empty()) return UsageError(fmt::format("can't read the file {}", path));
  if (json.size() > kMaxPolicyBytes)
    return UsageError(fmt::format("{} is larger than 1 MiB; a policy has at most ten steps", path));
  const auto read = google::protobuf::util::JsonStringToMessage(json, policy);
  if (!read.ok()) {
    return UsageError(fmt::format("{} is not a policy as `policy show --json` prints it: {}", path,
                                  std::string(read.message())));
  }
  if (policy->parent().empty()) policy->set_parent(typed.Parent());
  return typed.status();
}

absl::Status Show(Session& session, const ShowOptions& options) {
  Typed typed(options.county);
  GetEscalationPolicyRequest request;
  request.set_parent(typed.Parent());
  request.set_kind(ParseEnum<AlertKind>(options.kind));
  if (options.version >= 0) request.set_version(options.version);
  if (!typed.ok()) return typed.status();
  return Display(session, session.client().Call(&Stub::GetEscalationPolicy, request));
}

absl::Status Put(Session& session, const PutOptions& options) {
  Typed typed(options.county);
  PutEscalationPolicyRequest request;
  if (absl::Status read = ReadPolicy(options.file, typed, request.mutable_policy()); !read.ok()) return read;
  if (!options.county.empty() && request.policy().parent() != typed.Parent()) {
    return typed.ok() ? UsageError(fmt::format("--county is {}, but the file is for {}", options.county,
                                               request.policy().parent()))
                      : typed.status();
  }
  return Display(session, session.client().Call(&Stub::PutEscalationPolicy, request));
}

absl::Status Try(Session& session, const TryOptions& options) {
  Typed typed(options.county);
  TryEscalationPolicyRequest request;
  request.set_kind(ParseEnum<AlertKind>(options.kind));
  request.set_child(typed.Name("--child", "children", options.child));
  request.set_school(typed.Name("--school", "schools", options.school));
  request.set_parent(typed.Parent());
  if (!options.at.empty()) typed.Time("--at", options.at, request.mutable_raise_time());
  if (!typed.ok()) return typed.status();
  if (!options.policy.empty()) {
    if (absl::Status read = ReadPolicy(options.policy, typed, request.mutable_policy()); !read.ok())
      return read;
  }
  const auto tried = session.client().Call(&Stub::TryEscalationPolicy, request);
  if (!tried.ok()) return tried.status();
  session.output.Show(*tried, [&] { return EntriesText(tried->entries()); });
  return absl::OkStatus();
}

void AddTry(Command group, Session& session) {
  auto [command, options] = AddCommand<TryOptions>(
      group, session,
      {"try", "Show who would be told, and when, if nobody answered; changes nothing",
       "policy try --kind duty_missed --child 0193... --county 520521 --at \"2026-09-07 00:00\""},
      Try);
  AddCounty(command, options.county);
  AddChoice<AlertKind>(command, "--kind", options.kind, "For which alerts").Required();
  const auto child = command.AddOption("--child", options.child, "The child it would be about");
  command.AddOption("--school", options.school, "The school, for alerts about a school").Excludes(child);
  command.AddOption("--at", options.at, "When it would be raised; now when left out");
  command.AddOption("--policy", options.policy, "Try this file's policy instead of the one in force")
      .ExistingFile();
}

}  // namespace

void AddPolicy(Command app, Session& session) {
  const Command group = AddGroup(app, "policy", "Escalation policies: who is told when");
  {
    auto [command, options] = AddCommand<ShowOptions>(group, session,
                                                      {"show", "Show a county's policy for a kind of alert",
                                                       "policy show --county 520521 --kind duty_missed"},
                                                      Show);
    AddCounty(command, options.county);
    AddChoice<AlertKind>(command, "--kind", options.kind, "For which alerts").Required();
    command.AddOption("--policy-version", options.version,
                      "An earlier version, 0 for the built-in one; the one in force when left out");
  }
  AddTry(group, session);
  auto [command, options] = AddCommand<PutOptions>(
      group, session,
      {"put", "Set a county's policy as a new version; the file is what `policy show --json` prints",
       "policy put policy.json --county 520521"},
      Put);
  command.AddOption("FILE", options.file, "JSON").Required().ExistingFile();
  AddCounty(command, options.county);
}

}  // namespace tonghu::tonghuctl
