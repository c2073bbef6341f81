// Which children to pair with which class teachers. Pure.
#pragma once

#include <string>
#include <vector>

#include "tonghu/pairing/v1/pairing_service.pb.h"
#include "tonghu/registry/v1/child.pb.h"
#include "tonghu/registry/v1/directory.pb.h"

namespace tonghu::tonghuctl {

struct ClassPairs {
  struct Pair {
    std::string child, helper;  // full names
  };
  std::vector<Pair> to_make;
  std::vector<const registry::v1::Child*> without_teacher;  // into the children given
  int paired_already = 0;
};

// Every child that no lasting pairing looks after goes to the holder of its class's post; where there is none
// it is listed. A deputy is not taken: standing in for a post is not looking after its children.
ClassPairs PairByClass(const std::vector<registry::v1::Child>& children,
                       const std::vector<registry::v1::Post>& posts,
                       const std::vector<pairing::v1::Pairing>& pairings);

}  // namespace tonghu::tonghuctl
