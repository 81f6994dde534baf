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
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();

    public OpenStore(TempFolder folder, Action<TelemetryStoreOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new TelemetryStoreOptions { Folder = folder["telemetry"], SweepInterval = TimeSpan.FromHours(1) };
        configure?.Invoke(options);
        var instruments = new StoreInstruments(Metrics.WithCustomRegistry(_registry));
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

    /// <summary>The value of a series, named as it is exported.</summary>
    public double Metric(string series)
    {
        using var exported = new MemoryStream();
        _registry.CollectAndExportAsTextAsync(exported).GetAwaiter().GetResult();
        var line = System.Text.Encoding.UTF8.GetString(exported.ToArray()).Split('\n').Single(l => l.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose() => Writer.Dispose();
}
