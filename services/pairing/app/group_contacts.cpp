#include "services/pairing/app/group_contacts.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/contact_batch.h"
#include "services/pairing/app/log_contacts.h"
#include "services/pairing/app/messages.h"

namespace tonghu::pairing {
namespace {

// The children of a group, and the fields of the request that name them.
struct Group {
  std::vector<std::string> children, fields;
};

absl::Status CheckSize(size_t children, const char* field) {
  if (children <= kLargestGroup) return absl::OkStatus();
  return refusal::Invalid("GROUP_SIZE", field,
                          "a group contact is for at most 60 children; record it in parts",
                          "一次集体活动最多登记60名儿童，请分批登记");
}

absl::StatusOr<Group> Listed(const std::string& county, const v1::CreateGroupContactRequest& request) {
  RETURN_IF_ERROR(CheckSize(request.children_size(), "children"));
  Group group;
  std::set<std::string> seen;
  for (int i = 0; i < request.children_size(); ++i) {
    std::string field = absl::StrCat("children[", i, "]");
    ASSIGN_OR_RETURN(auto child, ids::IdIn(county, request.children(i), "children", field));
    if (!seen.insert(child).second)
      return refusal::Invalid("CHILD_TWICE", field, "the child is listed already",
                              "该儿童已列出，请去掉重复的");
    group.children.push_back(std::move(child));
    group.fields.push_back(std::move(field));
  }
  return group;
}

// The children of the class with whom the helper is paired.
absl::StatusOr<Group> OfClass(postgres::Connection& db, const std::string& county, const std::string& helper,
                              const v1::CreateGroupContactRequest& request) {
  OwnClass asked{county, helper, "", request.grade(), request.class_number()};
  ASSIGN_OR_RETURN(asked.school_id, ids::IdIn(county, request.school(), "schools", "school"));
  Group group;
  ASSIGN_OR_RETURN(group.children, OwnChildrenOf(db, asked, kLargestGroup + 1));
  if (group.children.empty()) {
    return refusal::Precondition("CLASS_WITHOUT_OWN", "school",
                                 "the helper is paired with no child of this class; see the class's pairings",
                                 "该帮扶人在这个班没有结对的儿童，请核对学校和班级");
  }
  RETURN_IF_ERROR(CheckSize(group.children.size(), "class_number"));
  group.fields.assign(group.children.size(), "class_number");
  return group;
}

absl::StatusOr<Group> GroupOf(postgres::Connection& db, const std::string& county, const std::string& helper,
                              const v1::CreateGroupContactRequest& request) {
  const bool listed = !request.children().empty();
  const bool of_class = !request.school().empty() && request.grade() > 0 && request.class_number() > 0;
  if (listed != of_class && (of_class || request.school().empty()))
    return listed ? Listed(county, request) : OfClass(db, county, helper, request);
  return refusal::Invalid("GROUP_MISSING", "children",
                          "give either the children, or a class by school, grade and class_number",
                          "请列出儿童，或指明学校、年级和班级（二者选一）");
}

// The refusal of a contact of the group, naming the child whose helper was not paired with it.
absl::Status OfChild(const absl::Status& status, const std::string& field) {
  refusal::Refusal refused = refusal::Of(status);
  if (refused.reason != "NOT_PAIRED" || refused.field != "contact.helper") return status;
  refused.field = field;
  return refusal::Make(refused);
}

// Records one contact with each child, with all that follows. Errors: refusals, before anything is written;
// the connection's.
absl::StatusOr<v1::CreateGroupContactResponse> LogOne(journal::ShardTransaction& transaction,
                                                      ids::Source& ids, const GroupContactCommand& command) {
  const v1::CreateGroupContactRequest& request = *command.request;
  if (request.contact().mood() != 0 || !request.contact().concerns().empty()) {
    return refusal::Invalid("MARKS_OF_GROUP", "contact.concerns",
                            "mood and concerns are of one child; record a contact with that child beside",
                            "情绪和关注事项是对一名儿童而言的，请为该儿童另记一次联系");
  }
  ASSIGN_OR_RETURN(ReportedContact shared, Reported(*command.county, request.contact()));
  ASSIGN_OR_RETURN(const Group group,
                   GroupOf(transaction.db(), *command.county, shared.contact.helper_id, request));
  static const std::string no_request_id;
  static const journal::ChildCheck no_check;
  shared.actor = command.actor;
  shared.request_id = &no_request_id;
  shared.check_child = &no_check;
  shared.group_id = ids.Next(transaction.now());
  std::vector<ReportedContact> all;
  for (size_t i = 0; i < group.children.size(); ++i) {
    all.push_back(shared);
    all.back().contact.child_id = group.children[i];
    all.back().child_field = group.fields[i];
  }
  ContactBatch batch(transaction, ids);
  RETURN_IF_ERROR(batch.Load(std::move(all)));
  for (size_t i = 0; i < group.children.size(); ++i) {
    if (absl::Status took = batch.Take(i); !took.ok()) return OfChild(took, group.fields[i]);
  }
  RETURN_IF_ERROR(batch.SettleTheRest());
  ASSIGN_OR_RETURN(const auto rows, batch.Save());
  v1::CreateGroupContactResponse response;
  response.set_group(shared.group_id);
  for (const ContactRow& row : rows) *response.add_contacts() = MessageOf(row);
  return response;
}

}  // namespace

absl::Status LogGroupContacts::operator()(journal::ShardTransaction& transaction,
                                          GroupContactCommandHandler::Commands commands) const {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, LogOne(transaction, ids_, command)));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
