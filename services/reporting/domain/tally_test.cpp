#include "services/reporting/domain/tally.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <tuple>
#include <vector>

#include "libs/clock/clock.h"

namespace tonghu::reporting {
namespace {

constexpr Metric kMetrics[] = {
    &Counts::contacts,        &Counts::done,      &Counts::done_late_reported, &Counts::excused,
    &Counts::missed,          &Counts::done_late, &Counts::alerts_raised,      &Counts::alerts_acknowledged,
    &Counts::alerts_resolved, &Counts::pairings,  &Counts::contacts_doubtful,  &Counts::done_doubtful};
static_assert(sizeof(Counts) == std::size(kMetrics) * sizeof(int64_t));

using Sums = std::map<std::tuple<std::string, std::string, absl::CivilDay, std::string>, Counts>;

constexpr std::array<Place, 4> kPlaces = {{{"520521", "520521101", "s1"},
                                           {"520521", "520521102", "s1"},  // the same school after it moved
                                           {"520521", "520521101", "s2"},
                                           {"520522", "520522101", "s1"}}};

// Any fact in three weeks of September 2026.
rc::Gen<Fact> AnyFact() {
  return rc::gen::exec([] {
    const Place place = kPlaces[*rc::gen::inRange<size_t>(0, kPlaces.size())];
    const absl::CivilDay monday = absl::CivilDay(2026, 9, 7) + 7 * *rc::gen::inRange(0, 3);
    const absl::Time time = clock::StartOf(monday) + absl::Hours(*rc::gen::inRange(0, 24 * 7));
    switch (*rc::gen::inRange(0, 6)) {
      case 0:
        return Fact(ContactLogged{place, time, {}});
      case 1:
        return Fact(ContactLogged{place, time, {{monday, *rc::gen::arbitrary<bool>()}}});
      case 2:
        return Fact(DutyChanged{static_cast<DutyChanged::How>(*rc::gen::inRange(0, 3)), place, monday});
      case 3:
        return Fact(PairingChanged{static_cast<PairingChanged::How>(*rc::gen::inRange(0, 2)), place, time});
      case 4:
        return Fact(DoubtChanged{place, time, *rc::gen::arbitrary<bool>(), true, {}, {monday, monday + 7}});
      default:
        return Fact(AlertChanged{static_cast<AlertChanged::How>(*rc::gen::inRange(0, 3)), place, time});
    }
  });
}

// What the store's upsert does with a batch.
void AddTo(Sums& sums, const Tally& tally) {
  for (const auto& [week, counts] : tally.rows()) {
    Counts& row = sums[{week.county, week.school_id, week.monday, week.township_code}];
    for (const Metric metric : kMetrics) row.*metric += counts.*metric;
  }
}

// One fact after the other, without batches.
Sums Plainly(const std::vector<Fact>& facts) {
  Sums sums;
  for (const Fact& fact : facts) {
    const Place& place = PlaceOf(fact);
    const auto counts = Count(fact);
    for (const Increment& count : *counts) {
      sums[{std::string(place.county), std::string(place.school_id), count.monday,
            std::string(place.township_code)}].*
          count.metric += count.delta;
    }
  }
  return sums;
}

TEST(TallyTest, AnySplitIntoBatchesGivesTheSameSums) {
  EXPECT_TRUE(rc::check("split anywhere, the sums are those of the facts", [] {
    const auto facts = *rc::gen::container<std::vector<Fact>>(AnyFact());
    Sums sums;
    for (size_t begin = 0; begin < facts.size();) {
      const size_t end = begin + *rc::gen::inRange<size_t>(1, facts.size() - begin + 1);
      Tally tally;
      for (size_t i = begin; i < end; ++i) RC_ASSERT(tally.Add(facts[i]).ok());
      AddTo(sums, tally);
      begin = end;
    }
    RC_ASSERT(sums == Plainly(facts));
  }));
}

TEST(TallyTest, ARefusedFactAddsNothing) {
  Tally tally;
  const Fact wrong = ContactLogged{
      kPlaces[0], clock::StartOf(absl::CivilDay(2026, 9, 8)), {{absl::CivilDay(2026, 9, 8), false}}};
  EXPECT_TRUE(absl::IsInvalidArgument(tally.Add(wrong))) << "the duty's week begins on a Tuesday";
  EXPECT_TRUE(tally.rows().empty());
}

TEST(TallyTest, ABatchOfOneSchoolAndWeekIsOneRow) {
  Tally tally;
  for (int i = 0; i < 5000; ++i) {
    const Fact fact =
        ContactLogged{kPlaces[0], clock::StartOf(absl::CivilDay(2026, 9, 7)) + absl::Seconds(i), {}};
    ASSERT_TRUE(tally.Add(fact).ok());
  }
  ASSERT_EQ(tally.rows().size(), 1u);
  EXPECT_EQ(tally.rows().begin()->second.contacts, 5000);
}

}  // namespace
}  // namespace tonghu::reporting
