// Prometheus metrics, served at /metrics on the admin address.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace tonghu::metrics {

using Labels = std::map<std::string, std::string>;

// The metrics of one process. References that it gives live as long as it does. Asking again for the same
// name and labels gives the same metric. One name is one kind: asking for a counter's name as a gauge is a
// mistake in the program and ends the process. Thread-safe.
class Metrics {
 public:
  Metrics();
  prometheus::Counter& Counter(const std::string& name, const std::string& help, const Labels& labels = {});
  prometheus::Gauge& Gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  prometheus::Histogram& Latency(const std::string& name, const std::string& help,
                                 const Labels& labels = {});  // seconds, 0.1 ms … 10 s
  std::shared_ptr<prometheus::Registry> registry() const { return registry_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
};

// Serves `metrics` at http://<address>/metrics while both live.
class Exposer {
 public:
  // Starts to serve; "127.0.0.1:0" picks a free port. Errors: UNAVAILABLE when the address can't be bound
  // (the sentence names it).
  static absl::StatusOr<std::unique_ptr<Exposer>> Start(const std::string& address, const Metrics& metrics);
  int port() const;

 private:
  explicit Exposer(std::unique_ptr<prometheus::Exposer> exposer) : exposer_(std::move(exposer)) {}
  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace tonghu::metrics
