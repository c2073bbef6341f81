// What the protos' comments say.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "tonghu/api/v1/method.pb.h"

namespace tonghu::apidoc {

// The comment in front of a declaration, as one paragraph.
template <class Descriptor>
std::string CommentOf(const Descriptor& descriptor) {
  google::protobuf::SourceLocation location;
  std::string text;
  if (!descriptor.GetSourceLocation(&location)) return text;
  for (const char c : location.leading_comments) {
    const char plain = c == '\n' ? ' ' : c;
    if (plain != ' ' || (!text.empty() && text.back() != ' ')) text.push_back(plain);
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

// A method that is served over HTTP.
struct Offered {
  const google::protobuf::MethodDescriptor* method;
  api::v1::MethodRule rule;
};

// All of them, by their full names.
std::vector<Offered> OfferedMethods(const std::vector<const google::protobuf::FileDescriptor*>& files);

// Whether a file holds events: tonghu.pairing.events.v1.
bool HoldsEvents(const google::protobuf::FileDescriptor& file);

}  // namespace tonghu::apidoc
