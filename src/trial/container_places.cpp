#include "trial/container_places.h"

#include <utility>

namespace capmin {

ContainerPlaces::Place::~Place() {
  if (places_ == nullptr) return;
  const std::scoped_lock lock(places_->mutex_);
  ++places_->free_;
  places_->changed_.notify_all();
}

ContainerPlaces::Place ContainerPlaces::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return free_ > 0; });
  --free_;
  return Place(*this);
}

void ContainerPlaces::leave(std::unique_ptr<Container> container, Place place) {
  std::jthread removal(
      [gone = std::move(container), place = std::move(place)]() mutable { gone.reset(); });
  // Of more removals than there are places some have ended, and most likely the oldest.
  std::jthread oldest;
  {
    const std::scoped_lock lock(mutex_);
    removals_.push_back(std::move(removal));
    if (removals_.size() <= places_) return;
    oldest = std::move(removals_.front());
    removals_.pop_front();
  }
}

}  // namespace capmin
