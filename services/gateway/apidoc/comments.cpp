#include "services/gateway/apidoc/comments.h"

#include <google/protobuf/descriptor.pb.h>

#include <map>

#include "absl/strings/match.h"

namespace tonghu::apidoc {

std::vector<Offered> OfferedMethods(const std::vector<const google::protobuf::FileDescriptor*>& files) {
  std::map<std::string, Offered> by_name;
  for (const auto* file : files) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int k = 0; k < file->service(i)->method_count(); ++k) {
        const auto* method = file->service(i)->method(k);
        // The options of a pool made at run time hold the rule as unknown bytes: read with the built-in type.
        google::protobuf::MethodOptions options;
        options.ParseFromString(method->options().SerializeAsString());
        if (!options.HasExtension(api::v1::rule) || options.GetExtension(api::v1::rule).internal()) continue;
        by_name.emplace(method->full_name(), Offered{method, options.GetExtension(api::v1::rule)});
      }
    }
  }
  std::vector<Offered> all;
  for (auto& [name, offered] : by_name) all.push_back(std::move(offered));
  return all;
}

bool HoldsEvents(const google::protobuf::FileDescriptor& file) {
  return absl::StrContains(file.package(), ".events.") ||
         absl::EndsWith(file.name(), "journal/v1/operator_notice.proto");
}

}  // namespace tonghu::apidoc
