#include "libs/metrics/metrics.h"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tonghu::metrics {
namespace {

// In seconds, from a tenth of what a call takes to the longest that callers wait.
const prometheus::Histogram::BucketBoundaries& LatencyBuckets() {
  static const auto* const kSeconds = new prometheus::Histogram::BucketBoundaries{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return *kSeconds;
}

// Makes a metric. prometheus-cpp throws for bad names and for one name as two kinds: mistakes in the program,
// which its start shows.
template <class Builder, class... Args>
auto& Made(Builder builder, prometheus::Registry& registry, const std::string& name, const std::string& help,
           const Labels& labels, const Args&... args) {
  try {
    return builder.Name(name).Help(help).Register(registry).Add(labels, args...);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "metric %s: %s\n", name.c_str(), error.what());
    std::abort();
  }
}

}  // namespace

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()) {}

prometheus::Counter& Metrics::Counter(const std::string& name, const std::string& help,
                                      const Labels& labels) {
  return Made(prometheus::BuildCounter(), *registry_, name, help, labels);
}

prometheus::Gauge& Metrics::Gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return Made(prometheus::BuildGauge(), *registry_, name, help, labels);
}

prometheus::Histogram& Metrics::Latency(const std::string& name, const std::string& help,
                                        const Labels& labels) {
  return Made(prometheus::BuildHistogram(), *registry_, name, help, labels, LatencyBuckets());
}

absl::StatusOr<std::unique_ptr<Exposer>> Exposer::Start(const std::string& address, const Metrics& metrics) {
  // Two threads and five seconds bound what those who read metrics can take up.
  const std::vector<std::string> options = {"listening_ports",    address, "num_threads", "2",
                                            "request_timeout_ms", "5000"};
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(options);
    exposer->RegisterCollectable(metrics.registry());
    return std::unique_ptr<Exposer>(new Exposer(std::move(exposer)));
  } catch (const std::runtime_error&) {  // civetweb's; its text says only that it failed
    return absl::UnavailableError(
        absl::StrCat("can't serve /metrics on ", address, ": the address is in use, or not ours to bind"));
  }
}

int Exposer::port() const {
  const std::vector<int> ports = exposer_->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

}  // namespace tonghu::metrics
