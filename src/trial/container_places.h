#pragma once

#include "engine/container.h"

#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace capmin {

/// Places for the containers of trials. A container whose trial has ended is removed in the
/// background and keeps its place until it is gone: the next one is made meanwhile, but never runs
/// beside it where there is one place only. Thread-safe.
class ContainerPlaces {
 public:
  /// One container's place; given back at the end of its life.
  class Place {
   public:
    explicit Place(ContainerPlaces& places) : places_(&places) {}
    ~Place();
    Place(Place&& other) noexcept : places_(std::exchange(other.places_, nullptr)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    ContainerPlaces* places_;
  };

  /// `places` is at least 1.
  explicit ContainerPlaces(int places) : places_(static_cast<std::size_t>(places)), free_(places) {}
  /// Waits until all is removed.
  ~ContainerPlaces() = default;
  ContainerPlaces(const ContainerPlaces&) = delete;
  ContainerPlaces& operator=(const ContainerPlaces&) = delete;

  /// Waits for a place, as long as the removal of another container takes.
  Place take();
  /// Removes `container`, then gives `place` back; returns at once.
  void leave(std::unique_ptr<Container> container, Place place);

 private:
  const std::size_t places_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int free_;
  std::list<std::jthread> removals_;
};

}  // namespace capmin
