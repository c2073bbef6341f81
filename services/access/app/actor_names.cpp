#include "services/access/app/actor_names.h"

#include <set>
#include <vector>

#include "libs/ids/ids.h"
#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/status/macros.h"
#include "services/access/postgres/account_store.h"

namespace tonghu::access {

absl::StatusOr<std::map<std::string, std::string>> ActorNames(postgres::Connection& db,
                                                              absl::Span<const std::string> actors) {
  std::set<postgres::Key> wanted;
  for (const std::string& actor : actors) {
    const auto name = ids::ParseName(actor, "accounts", "actor");
    if (name.ok() && ids::IsUuid(name->id)) wanted.emplace(name->county, name->id);
  }
  ASSIGN_OR_RETURN(auto accounts, LoadAccounts(db, std::vector<postgres::Key>(wanted.begin(), wanted.end())));
  std::map<std::string, std::string> names;
  for (const Account& account : accounts)
    names[ids::NameOf(account.county, "accounts", account.id)] = account.display_name;
  return names;
}

}  // namespace tonghu::access
