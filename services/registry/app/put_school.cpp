#include "services/registry/app/commands.h"
#include "services/registry/app/messages.h"
#include "services/registry/app/put_directory.h"

namespace tonghu::registry {

absl::Status PutSchool(journal::ShardTransaction& transaction, PutSchoolCommandHandler::Commands commands) {
  std::vector<School> valid;
  for (const auto& command : commands) {
    const School school = SchoolOf(command.request->school(), *command.county);
    Faults faults;
    CheckSchool(school, faults);
    if (faults.empty()) {
      *command.reply = MessageOf(school);  // given when the transaction is committed
      valid.push_back(school);
    } else {
      *command.reply = Refuse(faults, "school.");
    }
  }
  return PutSchools(transaction, valid).status();
}

}  // namespace tonghu::registry
