#include "services/pairing/domain/resettle.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_split.h"

namespace tonghu::pairing {
namespace {

bool IsClosed(const Duty& duty) {
  return duty.state == DutyState::kDone || duty.state == DutyState::kDoneLate;
}

// The duty before any contact: open, or excused for good.
Duty BeforeAll(Duty duty) {
  const bool excused = duty.state == DutyState::kExcused || duty.beat_excuse;
  duty.state = excused ? DutyState::kExcused : DutyState::kOpen;
  duty.contact_id.clear();
  duty.reported_late = duty.made_up = duty.missed = false;
  return duty;
}

// What takes part in a replay: `duties` are indexes of stored ones.
struct Part {
  std::vector<size_t> duties;
  absl::flat_hash_set<std::string> contacts_beyond;  // contacts that close duties which are not loaded
};

Part PartOf(const ChildFacts& stored, absl::Span<const LoggedContact> contacts) {
  absl::flat_hash_set<std::string> duties, known;
  for (const Duty& duty : stored.duties) duties.insert(duty.duty_id);
  Part part;
  for (const auto& some : {absl::MakeConstSpan(stored.contacts), contacts}) {
    for (const LoggedContact& contact : some) {
      known.insert(contact.contact_id);
      for (const absl::string_view duty : absl::StrSplit(contact.closed_duty_ids, ' ', absl::SkipEmpty())) {
        if (!duties.contains(duty)) part.contacts_beyond.insert(contact.contact_id);
      }
    }
  }
  for (size_t i = 0; i < stored.duties.size(); ++i) {
    const Duty& duty = stored.duties[i];
    const bool beyond = !known.contains(duty.contact_id) || part.contacts_beyond.contains(duty.contact_id);
    if (!IsClosed(duty) || !beyond) part.duties.push_back(i);
  }
  return part;
}

std::vector<Duty> ReplayPart(const Part& part, const ChildFacts& stored,
                             absl::Span<const LoggedContact> contacts, const VersionsOf& versions,
                             const Until& until) {
  ChildFacts facts{.spans = stored.spans, .duties = {}, .contacts = {}};
  for (const size_t i : part.duties) facts.duties.push_back(BeforeAll(stored.duties[i]));
  for (const LoggedContact& contact : contacts) {
    if (!part.contacts_beyond.contains(contact.contact_id)) facts.contacts.push_back(contact);
  }
  return Replay(std::move(facts), versions, until);
}

bool SameEnd(const Duty& a, const Duty& b) {
  return a.contact_id == b.contact_id && a.made_up == b.made_up && a.missed == b.missed &&
         a.reported_late == b.reported_late && IsClosed(a) == IsClosed(b);
}

// The stored duty when no contact closes it any more, as the replay `now` says who owes it and whether it is
// missed.
Duty Opened(Duty stored, const Duty& now) {
  stored.state = now.state;
  stored.contact_id.clear();
  stored.reported_late = stored.made_up = stored.beat_excuse = false;
  stored.missed = now.state == DutyState::kMissed;
  if (stored.missed) ++stored.reopened;
  stored.pairing_id = now.pairing_id;
  stored.helper_id = now.helper_id;
  stored.paired_from = now.paired_from;
  return stored;
}

}  // namespace

std::vector<Duty> Resettle(const ChildFacts& stored, absl::Span<const LoggedContact> contacts,
                           const VersionsOf& versions, const Until& until) {
  const Part part = PartOf(stored, contacts);
  const std::vector<Duty> before = ReplayPart(part, stored, stored.contacts, versions, until);
  const std::vector<Duty> after = ReplayPart(part, stored, contacts, versions, until);
  absl::flat_hash_map<std::string, const LoggedContact*> by_id;
  for (const LoggedContact& contact : contacts) by_id[contact.contact_id] = &contact;
  std::vector<Duty> changed;
  for (size_t i = 0; i < part.duties.size(); ++i) {
    const Duty& was = stored.duties[part.duties[i]];
    const bool closed = IsClosed(after[i]);
    if (!closed && !IsClosed(was)) continue;
    if (was.contact_id == after[i].contact_id && SameEnd(before[i], after[i])) continue;
    if (!closed) {
      changed.push_back(Opened(was, after[i]));
      continue;
    }
    Duty duty = was;
    if (before[i].missed != after[i].missed) duty.missed = after[i].missed;
    changed.push_back(ClosedBy(std::move(duty), *by_id.at(after[i].contact_id), versions(was.kind)));
  }
  return changed;
}

}  // namespace tonghu::pairing
