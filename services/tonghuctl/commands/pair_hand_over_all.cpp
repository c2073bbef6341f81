// tonghuctl pair hand-over-all: hands whatever a helper has, or has in one class or school, to another
// helper.
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/forms/typed.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace pairing::v1;

// The helper's pairings that last.
absl::StatusOr<std::vector<Pairing>> LastingOf(client::Client& client, const std::string& parent,
                                               const std::string& helper) {
  ListPairingsRequest request;
  request.set_parent(parent);
  request.set_helper(helper);
  std::vector<Pairing> lasting;
  RETURN_IF_ERROR(
      client.ForEachPage(&PairingService::Stub::ListPairings, request, [&](const ListPairingsResponse& page) {
        lasting.insert(lasting.end(), page.pairings().begin(), page.pairings().end());
      }));
  return lasting;
}

// The children of the school or class that was typed, as `child list` reads the same options.
absl::StatusOr<std::set<std::string>> ChildrenIn(Session& session, const Arguments& typed) {
  const forms::Form& form = *forms::FindForm("child", "list");
  forms::Answers answers{.county = typed.answers.county, .typed = {}};
  for (const forms::Field& field : form.fields()) {
    if ((field.option() == "--school" || field.option() == "--class") && typed.Has(field.option()))
      answers.typed[&field] = {typed.Text(field.option())};
  }
  registry::v1::ListChildrenRequest request;
  RETURN_IF_ERROR(forms::Fill(form, answers, &request));
  std::set<std::string> children;
  RETURN_IF_ERROR(session.client().ForEachPage(&registry::v1::ChildService::Stub::ListChildren, request,
                                               [&](const registry::v1::ListChildrenResponse& page) {
                                                 for (const registry::v1::Child& child : page.children())
                                                   children.insert(child.name());
                                               }));
  return children;
}

absl::Status NothingToHandOver() {
  return refusal::NotFound("HELPER_NOT_PAIRED", "helper", "this helper has no lasting pairing there",
                           "该帮扶人在此范围内没有结对，请核对工号、学校和班级。");
}

}  // namespace

absl::Status HandOverAll(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(auto request, RequestOf<BatchHandOverPairingsRequest>(typed));
  forms::Typed names(typed.answers.county);
  const std::string helper = names.Name("--from", "staffMembers", typed.Text("--from"));
  if (!names.ok()) return names.status();
  ASSIGN_OR_RETURN(const auto lasting, LastingOf(session.client(), request.parent(), helper));
  std::set<std::string> children;
  const bool some = typed.Has("--school") || typed.Has("--class");
  if (some) {
    ASSIGN_OR_RETURN(children, ChildrenIn(session, typed));
  }
  for (const Pairing& pairing : lasting) {
    if (!some || children.contains(pairing.child())) request.add_names(pairing.name());
  }
  if (request.names().empty()) return NothingToHandOver();
  ASSIGN_OR_RETURN(const auto handed,
                   session.client().Call(&PairingService::Stub::BatchHandOverPairings, request));
  session.output.Show(handed, [&] {
    return absl::StrCat(TablesText(session, *forms::FindForm("pair", "list"), handed), "移交 ",
                        handed.pairings_size(), " 对\n");
  });
  return absl::OkStatus();
}

}  // namespace tonghu::tonghuctl
