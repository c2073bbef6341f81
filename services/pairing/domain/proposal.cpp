#include "services/pairing/domain/proposal.h"

// LEMON's templates are all that is used: nothing of its library is linked.
#define LEMON_ONLY_TEMPLATES
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "libs/status/macros.h"
#include "services/pairing/domain/refusals.h"

namespace tonghu::pairing {
namespace {

// Points. Nearness counts most, then an earlier helper, then the sex for children who board; the load decides
// only between helpers who are else alike.
constexpr int kSameSchool = 100, kSameTownship = 400, kAnywhere = 1000;
constexpr int kNeverTheHelper = 300, kOtherSex = 200;
constexpr int kEachChild = 10, kMostOfLoad = 90;
constexpr int64_t kDearest = kAnywhere + kNeverTheHelper + kOtherSex + kMostOfLoad;

bool Has(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool TeachesClassOf(const AvailableHelper& helper, const directory::Place& child) {
  return std::any_of(helper.classes.begin(), helper.classes.end(), [&](const directory::Place& one) {
    return one.school_id == child.school_id && one.grade == child.grade &&
           one.class_number == child.class_number;
  });
}

bool OfOneSex(const WaitingChild& child, const AvailableHelper& helper) {
  return child.sex != 0 && child.sex == helper.sex;
}

// How much it weighs that a child of the level gets nobody.
int64_t WeightOf(int care_level) { return std::max(care_level, 1); }

// Children who are alike for every helper are one supply of the flow. They are in the order of the children.
using Alike = std::tuple<std::string, std::string, int, int, int64_t, int, bool, std::vector<std::string>,
                         std::vector<std::string>>;
Alike AlikeOf(const WaitingChild& child) {
  return {child.place.school_id,
          child.place.township_code,
          child.place.grade,
          child.place.class_number,
          WeightOf(child.care_level),
          child.boarding ? child.sex : 0,
          child.boarding,
          child.with,
          child.former};
}

int RoomOf(const Load& load) {
  return load.most == 0 ? kMostWithoutLimit : std::max(0, load.most - load.children);
}

// The flow: supplies of children alike → helpers → sink, or → sink when left out.
class Flow {
 public:
  Flow(absl::Span<const WaitingChild> children, absl::Span<const AvailableHelper> helpers)
      : children_(children), helpers_(helpers), capacity_(graph_), cost_(graph_), supply_(graph_) {
    for (size_t i = 0; i < children.size(); ++i) alike_[AlikeOf(children[i])].push_back(i);
  }

  absl::Status Build() {
    const Node sink = graph_.addNode();
    supply_[sink] = -static_cast<int64_t>(children_.size());
    AddHelpers(sink);
    const int64_t left_out = kDearest * static_cast<int64_t>(children_.size()) + 1;
    for (const auto& [key, members] : alike_) {
      const WaitingChild& one = children_[members.front()];
      Supply& supply = supplies_.emplace_back(Supply{.members = &members});
      const Node node = graph_.addNode();
      supply_[node] = static_cast<int64_t>(members.size());
      for (size_t h = 0; h < helpers_.size(); ++h) {
        const std::optional<int> points = PointsOf(one, helpers_[h]);
        if (!points.has_value()) continue;
        supply.in_reach = true;
        if (RoomOf(helpers_[h].load) == 0) continue;
        supply.arcs.emplace_back(Add(node, nodes_[h], static_cast<int64_t>(members.size()), *points), h);
        if (++pairs_ > kMostPairs) return ProposalTooLarge();
      }
      Add(node, sink, static_cast<int64_t>(members.size()), left_out * WeightOf(one.care_level));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Proposed>> Solve() {
    using Simplex = lemon::NetworkSimplex<Graph, int64_t, int64_t>;
    Simplex simplex(graph_);
    simplex.upperMap(capacity_).costMap(cost_).supplyMap(supply_);
    // Leaving everybody out is a flow, and all costs are positive.
    if (simplex.run() != Simplex::OPTIMAL)
      return absl::InternalError("the flow of a proposal has no optimum");
    std::vector<Proposed> proposed(children_.size());
    for (const Supply& supply : supplies_) {
      auto next = supply.members->begin();
      for (const auto& [arc, helper] : supply.arcs) {
        for (int64_t n = simplex.flow(arc); n > 0; --n) proposed[*next++].helper = helper;
      }
      for (; next != supply.members->end(); ++next)
        proposed[*next].left_out =
            supply.in_reach ? LeftOutReason::kNoCapacity : LeftOutReason::kNoHelperInReach;
    }
    return proposed;
  }

 private:
  using Graph = lemon::SmartDigraph;
  using Node = Graph::Node;
  struct Supply {
    const std::vector<size_t>* members;               // places of the children
    std::vector<std::pair<Graph::Arc, size_t>> arcs;  // with the helpers' places
    bool in_reach = false;                            // some helper could, if there were room
  };

  Graph::Arc Add(Node from, Node to, int64_t capacity, int64_t cost) {
    const Graph::Arc arc = graph_.addArc(from, to);
    capacity_[arc] = capacity;
    cost_[arc] = cost;
    return arc;
  }

  // Each further child costs as much as the one before or more, so that the flow takes the cheap arcs first.
  void AddHelpers(Node sink) {
    for (const AvailableHelper& helper : helpers_) {
      const Node node = nodes_.emplace_back(graph_.addNode());
      int children = helper.load.children;
      for (int room = RoomOf(helper.load); room > 0; ++children) {
        const bool rest = PointsOfLoad(children) == kMostOfLoad;
        Add(node, sink, rest ? room : 1, PointsOfLoad(children));
        room -= rest ? room : 1;
      }
    }
  }

  const absl::Span<const WaitingChild> children_;
  const absl::Span<const AvailableHelper> helpers_;
  std::map<Alike, std::vector<size_t>> alike_;
  Graph graph_;
  Graph::ArcMap<int64_t> capacity_, cost_;
  Graph::NodeMap<int64_t> supply_;
  std::vector<Node> nodes_;  // of the helpers
  std::vector<Supply> supplies_;
  size_t pairs_ = 0;
};

}  // namespace

std::optional<int> PointsOf(const WaitingChild& child, const AvailableHelper& helper) {
  const bool former = Has(child.former, helper.helper_id);
  const bool near = helper.township_code.empty() || helper.township_code == child.place.township_code;
  if (Has(child.with, helper.helper_id) || !(near || former)) return std::nullopt;
  int points = kAnywhere;
  if (TeachesClassOf(helper, child.place)) {
    points = 0;
  } else if (!helper.school_id.empty() && helper.school_id == child.place.school_id) {
    points = kSameSchool;
  } else if (!helper.township_code.empty() && near) {
    points = kSameTownship;
  }
  if (!former) points += kNeverTheHelper;
  if (child.boarding && !OfOneSex(child, helper)) points += kOtherSex;
  return points;
}

int PointsOfLoad(int children) { return std::min(kEachChild * children, kMostOfLoad); }

std::vector<ProposalReason> ReasonsOf(const WaitingChild& child, const AvailableHelper& helper) {
  std::vector<ProposalReason> reasons;
  if (TeachesClassOf(helper, child.place)) {
    reasons.push_back(ProposalReason::kSameClass);
  } else if (!helper.school_id.empty() && helper.school_id == child.place.school_id) {
    reasons.push_back(ProposalReason::kSameSchool);
  } else if (!helper.township_code.empty() && helper.township_code == child.place.township_code) {
    reasons.push_back(ProposalReason::kSameTownship);
  }
  if (Has(child.former, helper.helper_id)) reasons.push_back(ProposalReason::kFormerHelper);
  if (child.boarding && OfOneSex(child, helper)) reasons.push_back(ProposalReason::kSameSex);
  if (WeightOf(child.care_level) > 1) reasons.push_back(ProposalReason::kPriority);
  return reasons;
}

absl::StatusOr<std::vector<Proposed>> Propose(absl::Span<const WaitingChild> children,
                                              absl::Span<const AvailableHelper> helpers) {
  if (children.size() > kMostWaiting || helpers.size() > kMostHelpers) return ProposalTooLarge();
  if (children.empty()) return std::vector<Proposed>();
  Flow flow(children, helpers);
  RETURN_IF_ERROR(flow.Build());
  return flow.Solve();
}

}  // namespace tonghu::pairing
