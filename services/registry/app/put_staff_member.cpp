#include "libs/status/macros.h"
#include "services/registry/app/by_key.h"
#include "services/registry/app/commands.h"
#include "services/registry/app/messages.h"
#include "services/registry/app/put_directory.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {

absl::Status PutStaffMember(journal::ShardTransaction& transaction,
                            PutStaffMemberCommandHandler::Commands commands) {
  std::vector<StaffMember> valid;
  std::vector<size_t> places;
  for (size_t i = 0; i < commands.size(); ++i) {
    const StaffMember member = StaffMemberOf(commands[i].request->staff_member(), *commands[i].county);
    Faults faults;
    CheckStaffMember(member, faults);
    if (faults.empty()) {
      valid.push_back(member);
      places.push_back(i);
    } else {
      *commands[i].reply = Refuse(faults, "staff_member.");
    }
  }
  ASSIGN_OR_RETURN(auto last, Index(LoadStaff(transaction.db(), KeysOf<StaffMember>(valid))));
  for (size_t i = 0; i < valid.size(); ++i) {
    // A phone that is not given stays as it is, or as an earlier command of the batch leaves it.
    const auto found = last.find(valid[i].key());
    if (found != last.end() && !commands[places[i]].request->staff_member().has_phone())
      valid[i].phone = found->second.phone;
    last.insert_or_assign(valid[i].key(), valid[i]);
    *commands[places[i]].reply = MessageOf(valid[i]);
  }
  return PutStaff(transaction, valid).status();
}

}  // namespace tonghu::registry
