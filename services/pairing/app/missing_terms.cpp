#include "services/pairing/app/missing_terms.h"

#include <optional>
#include <utility>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/status/macros.h"
#include "services/pairing/domain/expected_term.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/coverage_store.h"
#include "services/pairing/postgres/missing_term_store.h"

namespace tonghu::pairing {

absl::Status CheckTerms(journal::ShardTransaction& transaction, const std::string& county,
                        const std::string& only_school) {
  const absl::Time now = transaction.now();
  const absl::CivilDay today = clock::DayOf(now);
  ASSIGN_OR_RETURN(const auto schools, LoadSchoolTerms(transaction.db(), county, only_school, today));
  ASSIGN_OR_RETURN(auto most_days, LoadMostDays(transaction.db(), {county}));
  std::vector<MissingTerm> kept, gone;
  for (const SchoolTerms& school : schools) {
    const auto first =
        school.has_children ? FirstDayWithoutTerm(school.terms, today) : std::optional<absl::CivilDay>();
    if (!first.has_value()) {
      if (!school.missing.has_value()) continue;
      if (school.missing->told) PublishTermKnown(transaction, school);
      gone.push_back(*school.missing);
      continue;
    }
    MissingTerm missing =
        school.missing.value_or(MissingTerm{.since = now, .told = false, .tell_time = now + kTermMissingFor});
    missing.county = county;
    missing.school_id = school.place.school_id;
    missing.shard = transaction.shard();
    if (missing.tell_time <= now) {
      PublishTermMissing(transaction, school, *first);
      missing.told = true;
      missing.tell_time = now + absl::Hours(24 * most_days[county]);
    } else if (school.missing.has_value()) {
      continue;
    }
    kept.push_back(std::move(missing));
  }
  RETURN_IF_ERROR(DeleteMissingTerms(transaction.db(), gone));
  return StoreMissingTerms(transaction.db(), kept);
}

}  // namespace tonghu::pairing
