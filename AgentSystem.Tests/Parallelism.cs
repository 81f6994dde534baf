using AgentSystem.Tests;
using Xunit.Abstractions;

// Tests wait for processes more than they compute: three at a time keep two cores busy.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
[assembly: TestCollectionOrderer(LongestFirst.Name, LongestFirst.Assembly)]

namespace AgentSystem.Tests;

/// <summary>The tests that share a running system begin first: they take longest, and the others fit beside them.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    internal const string Name = "AgentSystem.Tests.LongestFirst", Assembly = "AgentSystem.Tests";

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(collection => collection.CollectionDefinition is not null);
}
