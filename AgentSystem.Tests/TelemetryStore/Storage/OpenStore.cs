using AgentSystem.TelemetryStore.Configuration;
using AgentSystem.TelemetryStore.Storage;
using AgentSystem.TelemetryStore.Telemetry;
using AgentSystem.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Prometheus;

namespace AgentSystem.Tests.TelemetryStore.Storage;

/// <summary>The storage without a service around it.</summary>
internal sealed class OpenStore : IDisposable
{
    public OpenStore(TempFolder folder, Action<TelemetryStoreOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new TelemetryStoreOptions { Folder = folder["telemetry"], SweepInterval = TimeSpan.FromHours(1) };
        configure?.Invoke(options);
        var instruments = new StoreInstruments(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        Writer = new(Options.Create(options), time ?? TimeProvider.System, instruments, NullLogger<StoreWriter>.Instance);
        Traces = new(Writer, new(Writer, Options.Create(options), time ?? TimeProvider.System, instruments));
        Logs = new(Writer, new());
        Writer.StartAsync(default).GetAwaiter().GetResult();
    }

    public StoreWriter Writer { get; }

    public TraceStore Traces { get; }

    public LogStore Logs { get; }

    /// <summary>The number of rows in a table over all partitions.</summary>
    public long Rows(string table)
    {
        long rows = 0;
        foreach (var partition in Writer.Partitions.All)
        {
            using var reader = partition.Rent();
            rows += reader.Connection.Number($"SELECT count(*) FROM {table}");
        }
        return rows;
    }

    public void Dispose() => Writer.Dispose();
}
