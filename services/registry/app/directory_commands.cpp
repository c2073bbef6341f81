#include "libs/status/macros.h"
#include "services/registry/app/commands.h"
#include "services/registry/app/messages.h"
#include "services/registry/app/put_directory.h"

namespace tonghu::registry {
namespace {

// Each reads the row that a request of `county` gives, and adds what is wrong with it.
Given<School> GivenIn(const v1::PutSchoolRequest& request, const std::string& county, Faults& faults) {
  const School school = SchoolOf(request.school(), county);
  CheckSchool(school, faults);
  return {school};
}

Given<StaffMember> GivenIn(const v1::PutStaffMemberRequest& request, const std::string& county,
                           Faults& faults) {
  const v1::StaffMember& message = request.staff_member();
  Given<StaffMember> given{StaffMemberOf(message, county, faults)};
  CheckStaffMember(given.row, faults);
  // A field that the request does not set is kept as it is stored.
  if (!message.has_phone()) given.kept.push_back(Keep<StaffMember, &StaffMember::phone>);
  if (!message.has_school()) given.kept.push_back(Keep<StaffMember, &StaffMember::school_id>);
  if (!message.has_sex()) given.kept.push_back(Keep<StaffMember, &StaffMember::sex>);
  if (!message.has_left()) given.kept.push_back(Keep<StaffMember, &StaffMember::left>);
  return given;
}

Given<Post> GivenIn(const v1::PutPostRequest& request, const std::string& county, Faults& faults) {
  const v1::Post& message = request.post();
  Given<Post> given{PostOf(message, county, faults)};
  // A name that can't be read is a fault already; checking the post without it would only add another.
  if (faults.empty()) CheckPost(given.row, faults);
  if (faults.empty() && !message.name().empty() && message.name() != MessageOf(given.row).name()) {
    AddInvalid(faults, "POST_NAME_MISMATCH", "name",
               "the name must be empty or follow from kind and what the post answers for",
               "岗位名称与岗位类别、学校、年级、班级或乡镇不一致，请留空或改正。");
  }
  if (!message.has_holder()) given.kept.push_back(Keep<Post, &Post::holder_id>);
  if (!message.has_deputy()) given.kept.push_back(KeepDeputy);
  return given;
}

// Puts the rows of a batch of requests. `prefix` leads to the resource in the request: "school.".
template <class Row, class Commands>
absl::Status PutGiven(journal::ShardTransaction& transaction, const Commands& commands,
                      std::string_view prefix) {
  std::vector<Given<Row>> given;
  std::vector<size_t> places;
  for (size_t i = 0; i < commands.size(); ++i) {
    Faults faults;
    Given<Row> one = GivenIn(*commands[i].request, *commands[i].county, faults);
    if (faults.empty()) {
      given.push_back(std::move(one));
      places.push_back(i);
    } else {
      *commands[i].reply = Refuse(faults, prefix);
    }
  }
  ASSIGN_OR_RETURN(auto outcomes, Put(transaction, absl::MakeSpan(given)));
  for (size_t i = 0; i < given.size(); ++i) {
    auto& reply = *commands[places[i]].reply;  // given when the transaction is committed
    if (outcomes[i].faults.empty()) {
      reply = MessageOf(given[i].row);
    } else {
      reply = Refuse(outcomes[i].faults, prefix);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PutSchool(journal::ShardTransaction& transaction, PutSchoolCommandHandler::Commands commands) {
  return PutGiven<School>(transaction, commands, "school.");
}

absl::Status PutStaffMember(journal::ShardTransaction& transaction,
                            PutStaffMemberCommandHandler::Commands commands) {
  return PutGiven<StaffMember>(transaction, commands, "staff_member.");
}

absl::Status PutPost(journal::ShardTransaction& transaction, PutPostCommandHandler::Commands commands) {
  return PutGiven<Post>(transaction, commands, "post.");
}

}  // namespace tonghu::registry
