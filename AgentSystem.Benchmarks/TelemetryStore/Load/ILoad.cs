namespace AgentSystem.Benchmarks.TelemetryStore.Load;

/// <summary>Makes requests. For one sender: the next request overwrites the last one.</summary>
internal interface ILoad
{
    /// <summary>Where they go.</summary>
    string Path { get; }

    /// <summary>How many items one call of <see cref="Requests"/> makes.</summary>
    int Step { get; }

    /// <summary>The requests with the items from <paramref name="first"/> on, one after the other.</summary>
    IEnumerable<(ReadOnlyMemory<byte> Body, int Items)> Requests(long first);
}
