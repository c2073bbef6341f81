// tonghuctl pair: who looks after which child.
#include <fmt/format.h>

#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace pairing::v1;
using Stub = PairingService::Stub;

struct AddOptions {
  std::string county, child, helper, role = "class_teacher";
};
struct ListOptions {
  std::string county, child, helper;
  bool ended = false;
  PageOptions paging;
};
struct UncoveredOptions {
  std::string county;
  PageOptions paging;
};
struct HandOverOptions {
  std::string county, pairing, to;
};
struct EndOptions {
  std::string county, pairing, reason;
};

template <class Pairings>
std::string Text(const Pairings& pairings) {
  Table table({"编号", "儿童", "帮扶人", "角色", "依据", "开始", "结束", "结束原因"});
  for (const Pairing& pairing : pairings) {
    table.Add({ShortName(pairing.name()), ShortName(pairing.child()), ShortName(pairing.helper()),
               Label(pairing.role()), Label(pairing.basis()), TimeText(pairing.start_time()),
               TimeText(pairing.end_time()), Label(pairing.end_reason())});
  }
  return table.Text();
}

absl::Status Show(const Session& session, const absl::StatusOr<Pairing>& pairing) {
  if (!pairing.ok()) return pairing.status();
  session.output.Show(*pairing, [&] { return Text(std::vector<Pairing>{*pairing}); });
  return absl::OkStatus();
}

absl::Status Add(Session& session, const AddOptions& options) {
  Typed typed(options.county);
  CreatePairingRequest request;
  request.mutable_pairing()->set_child(typed.Name("--child", "children", options.child));
  request.mutable_pairing()->set_helper(typed.Name("--helper", "staffMembers", options.helper));
  request.mutable_pairing()->set_role(ParseEnum<PairingRole>(options.role));
  request.set_parent(typed.Parent());
  if (!typed.ok()) return typed.status();
  return Show(session, session.client().Call(&Stub::CreatePairing, request));
}

absl::Status List(Session& session, const ListOptions& options) {
  Typed typed(options.county);
  ListPairingsRequest request;
  request.set_child(typed.Name("--child", "children", options.child));
  request.set_helper(typed.Name("--helper", "staffMembers", options.helper));
  request.set_parent(typed.Parent());
  request.set_show_ended(options.ended);
  if (!typed.ok()) return typed.status();
  const auto found = AskPages(session.client(), &Stub::ListPairings, request, options.paging);
  if (!found.ok()) return found.status();
  session.output.Show(
      *found, [&] { return Text(found->pairings()) + fmt::format("列出 {} 对\n", found->pairings_size()); });
  RemarkCut(session, *found);
  return absl::OkStatus();
}

absl::Status Uncovered(Session& session, const UncoveredOptions& options) {
  Typed typed(options.county);
  ListUncoveredChildrenRequest request;
  request.set_parent(typed.Parent());
  if (!typed.ok()) return typed.status();
  const auto found = AskPages(session.client(), &Stub::ListUncoveredChildren, request, options.paging);
  if (!found.ok()) return found.status();
  session.output.Show(*found, [&] {
    Table table({"儿童", "学校", "原因"});
    for (const UncoveredChild& child : found->uncovered_children())
      table.Add({ShortName(child.child()), ShortName(child.school()), Label(child.reason())});
    return table.Text() +
           fmt::format("{} 名儿童无人谈心，或未随班主任移交\n", found->uncovered_children_size());
  });
  RemarkCut(session, *found);
  return absl::OkStatus();
}

absl::Status HandOver(Session& session, const HandOverOptions& options) {
  Typed typed(options.county);
  HandOverPairingRequest request;
  request.set_name(typed.Name("PAIRING", "pairings", options.pairing));
  request.set_new_helper(typed.Name("--to", "staffMembers", options.to));
  if (!typed.ok()) return typed.status();
  return Show(session, session.client().Call(&Stub::HandOverPairing, request));
}

absl::Status End(Session& session, const EndOptions& options) {
  Typed typed(options.county);
  EndPairingRequest request;
  request.set_name(typed.Name("PAIRING", "pairings", options.pairing));
  request.set_reason(ParseEnum<PairingEndReason>(options.reason));
  if (!typed.ok()) return typed.status();
  return Show(session, session.client().Call(&Stub::EndPairing, request));
}

void AddChanges(Command group, Session& session) {
  {
    auto [command, options] = AddCommand<HandOverOptions>(
        group, session,
        {"hand-over", "Hand a pairing over to somebody else; open duties go along",
         "pair hand-over 0193... --to 52052100007 --county 520521"},
        HandOver);
    command.AddOption("PAIRING", options.pairing, "Id or full name").Required();
    command.AddOption("--to", options.to, "Staff number of the new helper").Required();
    AddCounty(command, options.county);
  }
  auto [command, options] = AddCommand<EndOptions>(
      group, session,
      {"end",
       "End a pairing; this week's open talk is excused, last week's stays owed until it "
       "is judged",
       "pair end 0193... --reason parent_returned --county 520521"},
      End);
  command.AddOption("PAIRING", options.pairing, "Id or full name").Required();
  AddChoice<PairingEndReason>(command, "--reason", options.reason, "Why").Required();
  AddCounty(command, options.county);
}

}  // namespace

void AddPair(Command app, Session& session) {
  const Command group = AddGroup(app, "pair", "Pairings: who looks after which child");
  {
    auto [command, options] =
        AddCommand<AddOptions>(group, session,
                               {"add", "Pair a child with somebody",
                                "pair add --child 0193... --helper 52052100007 --county 520521"},
                               Add);
    command.AddOption("--child", options.child, "The child").Required();
    command.AddOption("--helper", options.helper, "Staff number").Required();
    AddChoice<PairingRole>(command, "--role", options.role, "In which role").ShowDefault();
    AddCounty(command, options.county);
  }
  AddPairByClass(group, session);
  {
    auto [command, options] = AddCommand<ListOptions>(
        group, session, {"list", "List pairings", "pair list --county 520521 --helper 52052100007"}, List);
    AddCounty(command, options.county);
    command.AddOption("--child", options.child, "Only this child's");
    command.AddOption("--helper", options.helper, "Only this helper's");
    command.AddFlag("--ended", options.ended, "Ended ones too");
    AddPaging(command, options.paging);
  }
  {
    auto [command, options] = AddCommand<UncoveredOptions>(
        group, session,
        {"uncovered",
         "List children nobody is going to talk with, or whose pairing could not "
         "follow their class teacher, and why",
         "pair uncovered --county 520521"},
        Uncovered);
    AddCounty(command, options.county);
    AddPaging(command, options.paging);
  }
  AddChanges(group, session);
}

}  // namespace tonghu::tonghuctl
