#include "services/pairing/domain/settlement.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tonghu::pairing {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

bool InWindow(const LoggedContact& contact, const Duty& duty) {
  return Window{duty.window_start, duty.window_end}.Has(contact.happen_time);
}

// A contact makes up for a window that was over when the contact happened, at most kOldestMadeUp before.
bool InReach(const LoggedContact& contact, const Duty& duty) {
  return duty.window_end <= contact.happen_time && contact.happen_time <= duty.window_end + kOldestMadeUp;
}

bool TookPart(const LoggedContact& contact, const std::string& helper_id) {
  if (contact.helper_id == helper_id) return true;
  if (contact.together_with.empty()) return false;
  for (const absl::string_view other : absl::StrSplit(contact.together_with, ' ')) {
    if (other == helper_id) return true;
  }
  return false;
}

// A contact may close a duty when a helper who took part was paired in the duty's line at some time between
// the window's beginning and the contact.
bool MayClose(const std::vector<PairedSpan>& spans, const LoggedContact& contact, const Duty& duty) {
  return std::any_of(spans.begin(), spans.end(), [&](const PairedSpan& span) {
    return span.line_id == duty.line_id && TookPart(contact, span.helper_id) &&
           CountsFrom(span.start) <= contact.happen_time && span.end > duty.window_start;
  });
}

// Whether a contact of the kind counts for the duty, by the version that the duty's window follows.
bool CountsFor(Versions versions, const Duty& duty, ContactKind kind) {
  return Counts(VersionAt(versions, duty.window_start), kind);
}

// The contact, or of several parts the one, that closes the duty.
size_t CloserOf(const ChildFacts& facts, const Duty& duty) {
  size_t closer = kNone;
  for (size_t i = 0; i < facts.contacts.size(); ++i) {
    if (facts.contacts[i].contact_id != duty.contact_id) continue;
    closer = i;
    if (MayClose(facts.spans, facts.contacts[i], duty)) break;
  }
  return closer;
}

bool IsClosed(const Duty& duty) {
  return duty.state == DutyState::kDone || duty.state == DutyState::kDoneLate;
}
bool IsClosedInWindow(const Duty& duty) { return IsClosed(duty) && !duty.made_up; }
bool IsExcused(const Duty& duty) { return duty.state == DutyState::kExcused; }

// The order in which duties are taken: the oldest first, and excused ones after all others. The id breaks
// ties, so that the end does not depend on the order of reports.
auto RankOf(const Duty& duty) { return std::tie(duty.window_start, duty.duty_id); }
bool ComesBefore(const Duty& a, const Duty& b) {
  return IsExcused(a) != IsExcused(b) ? IsExcused(b) : RankOf(a) < RankOf(b);
}

// Finds the first duty in rank that a contact can close when other contacts move on to other duties: an
// augmenting path in the bipartite graph of contacts and duties (Berge 1957; Kuhn 1955). Closing along such a
// path closes one duty more and opens none.
class Search {
 public:
  Search(ChildFacts& facts, DutyKind kind, Versions versions)
      : facts_(facts), kind_(kind), versions_(versions), reached_by_(facts.duties.size(), kNone) {}

  std::optional<size_t> InItsWindow(size_t contact) { return From(contact, /*make_up=*/false); }
  std::optional<size_t> ToMakeUp(size_t contact) { return From(contact, /*make_up=*/true); }

  // Closes `duty` and moves the contacts along the path found. Gives the indexes of the duties that changed.
  std::vector<size_t> Close(size_t duty) {
    std::vector<size_t> changed;
    // From the path's end back to its beginning: each contact takes the duty, and leaves the one that it had
    // to the contact before it on the path.
    while (duty != kNone) {
      const size_t contact = reached_by_[duty];
      // Read before the duty is closed, since closing makes the contact name this duty.
      const size_t before = DutyOf(contact);
      facts_.duties[duty] = ClosedBy(std::move(facts_.duties[duty]), facts_.contacts[contact], versions_);
      changed.push_back(duty);
      duty = before;
    }
    return changed;
  }

 private:
  // Whether the path may go on from `contact` to `duty`. A contact of the window takes a duty from another
  // contact of the window in either search; the duty sought at the path's end is one that the kind of search
  // may close.
  bool Leads(const LoggedContact& contact, const Duty& duty, bool make_up) const {
    if (duty.kind != kind_ || !CountsFor(versions_, duty, contact.kind)) return false;
    if (InWindow(contact, duty))
      return (!make_up || IsClosedInWindow(duty)) && MayClose(facts_.spans, contact, duty);
    return make_up && InReach(contact, duty) && !IsExcused(duty) && !IsClosedInWindow(duty) &&
           MayClose(facts_.spans, contact, duty);
  }

  // Breadth first from the contact. A duty that is taken leads on to the contact that closed it, which may
  // move; a free duty ends a path. All free duties that can be reached are compared, so that the first in
  // rank is found and the end does not depend on the order of reports.
  std::optional<size_t> From(size_t contact, bool make_up) {
    std::optional<size_t> best;
    std::deque<size_t> contacts = {contact};
    // Every duty is looked at for every contact: a child has few of both within ReachOfAll.
    for (; !contacts.empty(); contacts.pop_front()) {
      for (size_t d = 0; d < facts_.duties.size(); ++d) {
        const Duty& duty = facts_.duties[d];
        if (reached_by_[d] != kNone || !Leads(facts_.contacts[contacts.front()], duty, make_up)) continue;
        reached_by_[d] = contacts.front();
        // A search for a duty of the window may take one that a make-up closed; a search for a make-up may
        // not.
        const bool taken = make_up ? IsClosed(duty) : IsClosedInWindow(duty);
        if (taken) {
          // A closer that was not loaded happened too long ago to move, so its duty stays closed.
          if (const size_t closer = CloserOf(facts_, duty); closer != kNone && closer != contact)
            contacts.push_back(closer);
        } else if (!best.has_value() || ComesBefore(duty, facts_.duties[*best])) {
          best = d;
        }
      }
    }
    return best;
  }

  size_t DutyOf(size_t contact) const {
    for (size_t i = 0; i < facts_.duties.size(); ++i) {
      const Duty& duty = facts_.duties[i];
      if (duty.kind == kind_ && !duty.contact_id.empty() && CloserOf(facts_, duty) == contact) return i;
    }
    return kNone;
  }

  ChildFacts& facts_;
  DutyKind kind_;
  Versions versions_;
  std::vector<size_t> reached_by_;  // by duty: the contact that led there
};

std::vector<size_t> MakeUp(ChildFacts& facts, size_t contact, DutyKind kind, Versions versions) {
  Search search(facts, kind, versions);
  const std::optional<size_t> duty = search.ToMakeUp(contact);
  return duty.has_value() ? search.Close(*duty) : std::vector<size_t>();
}

bool ClosesAny(const ChildFacts& facts, size_t contact, DutyKind kind) {
  return std::any_of(facts.duties.begin(), facts.duties.end(), [&](const Duty& duty) {
    return duty.kind == kind && !duty.contact_id.empty() && CloserOf(facts, duty) == contact;
  });
}

}  // namespace

std::vector<LoggedContact> PartsOf(const LoggedContact& contact, absl::Span<const PairedSpan> spans) {
  if (contact.together_with.empty()) return {contact};
  std::vector<std::string> helpers = absl::StrSplit(contact.together_with, ' ');
  helpers.insert(helpers.begin(), contact.helper_id);
  std::vector<LoggedContact> parts;
  std::vector<std::set<std::string>> lines_of;  // of each part
  for (const std::string& helper : helpers) {
    LoggedContact part = contact;
    part.helper_id = helper;
    part.together_with.clear();
    std::set<std::string> lines;
    for (const PairedSpan& span : spans) {
      if (span.helper_id == helper && CountsFrom(span.start) <= contact.happen_time)
        lines.insert(span.line_id);
    }
    // Parts with which the helper shares a line become one with the helper.
    for (size_t i = parts.size(); i-- > 0;) {
      const bool shared = std::any_of(lines_of[i].begin(), lines_of[i].end(),
                                      [&](const std::string& line) { return lines.contains(line); });
      if (!shared) continue;
      absl::StrAppend(&part.together_with, part.together_with.empty() ? "" : " ", parts[i].helper_id,
                      parts[i].together_with.empty() ? "" : " ", parts[i].together_with);
      lines.insert(lines_of[i].begin(), lines_of[i].end());
      parts.erase(parts.begin() + i);
      lines_of.erase(lines_of.begin() + i);
    }
    parts.push_back(std::move(part));
    lines_of.push_back(std::move(lines));
  }
  return parts;
}

// When no free duty is in the contact's window, all duties that are over by the report count, not only those
// within its reach: a contact of another window may be moved to one that this contact could not make up for.
Direct CloseDirectly(const ChildFacts& facts, const LoggedContact& contact, DutyKind kind,
                     Versions versions) {
  std::optional<size_t> in_window, over;
  const auto keep_first = [&](std::optional<size_t>& best, size_t i) {
    if (!best.has_value() || ComesBefore(facts.duties[i], facts.duties[*best])) best = i;
  };
  for (size_t i = 0; i < facts.duties.size(); ++i) {
    const Duty& duty = facts.duties[i];
    if (duty.kind != kind) continue;
    if (InWindow(contact, duty) && !IsClosedInWindow(duty)) keep_first(in_window, i);
    const bool free = !IsClosed(duty) && !IsExcused(duty);
    if (free && duty.window_end <= contact.report_time) keep_first(over, i);
  }
  const std::optional<size_t> first = in_window.has_value() ? in_window : over;
  if (!first.has_value()) return {Direct::Kind::kNothing};
  const Duty& duty = facts.duties[*first];
  // A made-up duty would set its contact free for another duty, which needs all facts.
  const bool fits = InWindow(contact, duty) ? !duty.made_up : InReach(contact, duty);
  // Nor is a duty for which the contact does not count its own: a contact that it moves may count for that.
  if (!fits || !CountsFor(versions, duty, contact.kind) || !MayClose(facts.spans, contact, duty))
    return {Direct::Kind::kAskAll};
  return {Direct::Kind::kCloses, *first};
}

Duty ClosedBy(Duty duty, const LoggedContact& contact, Versions versions) {
  duty.contact_id = contact.contact_id;
  duty.made_up = !InWindow(contact, duty);
  const bool late = duty.missed || contact.report_time - contact.happen_time >
                                       VersionAt(versions, duty.window_start).late_report_after;
  // A make-up is late by its nature and is no late paperwork.
  duty.reported_late = !duty.made_up && late;
  duty.state = duty.made_up || duty.missed ? DutyState::kDoneLate : DutyState::kDone;
  return duty;
}

std::vector<size_t> Settle(ChildFacts& facts, size_t contact, DutyKind kind, Versions versions) {
  Search search(facts, kind, versions);
  const std::optional<size_t> duty = search.InItsWindow(contact);
  if (!duty.has_value()) return MakeUp(facts, contact, kind, versions);
  // A contact of the window displaces one that made up for the duty; the displaced contact then makes up for
  // another.
  const size_t freed = facts.duties[*duty].made_up ? CloserOf(facts, facts.duties[*duty]) : kNone;
  std::vector<size_t> changed = search.Close(*duty);
  if (freed == kNone) return changed;
  for (const size_t next : MakeUp(facts, freed, kind, versions)) changed.push_back(next);
  // A duty may lie on both paths; it is given once, in its last state.
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  return changed;
}

std::vector<size_t> SettleAll(ChildFacts& facts, size_t contact, const VersionsOf& versions) {
  std::vector<size_t> changed;
  for (const DutyRule& rule : DutyRules()) {
    const Versions of_kind = versions(rule.kind);
    const ContactKind kind = facts.contacts[contact].kind;
    const bool counts = std::any_of(of_kind.begin(), of_kind.end(),
                                    [kind](const DutyPolicy& one) { return Counts(one, kind); });
    if (!counts || ClosesAny(facts, contact, rule.kind)) continue;
    for (const size_t duty : Settle(facts, contact, rule.kind, of_kind)) changed.push_back(duty);
  }
  return changed;
}

}  // namespace tonghu::pairing
