// Tests wait for processes more than they compute: three at a time keep two cores busy.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
