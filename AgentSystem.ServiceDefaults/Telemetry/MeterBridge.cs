using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Prometheus;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>
/// Puts the .NET <see cref="Meter"/>s of the runtime, of HTTP and of our own code on <c>/metrics</c>, under the names that OpenTelemetry
/// gives them in Prometheus (<c>http.server.request.duration</c> in <c>s</c> is <c>http_server_request_duration_seconds</c>).
/// prometheus-net's own MeterAdapter would prefix each with its meter's name and export every counter as a gauge.
/// </summary>
internal sealed class MeterBridge : IDisposable
{
    private static readonly string[] Meters =
        ["System.Runtime", "System.Net.Http", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Polly"];

    // prometheus-net has these already, as process_* and dotnet_collection_count_total.
    private static readonly string[] Duplicates = ["dotnet.process.", "dotnet.gc.collections"];

    // .NET 10 publishes these as counters, though they go down as well.
    private static readonly string[] MislabelledGauges = ["dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length"];

    private static readonly double[] SecondsBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly IMetricFactory _metrics;
    private readonly object _meterFactory;
    private readonly MeterListener _listener = new();

    public MeterBridge(IMetricFactory metrics, CollectorRegistry registry, IMeterFactory meterFactory)
    {
        _metrics = metrics;
        _meterFactory = meterFactory;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsWanted(instrument))
                listener.EnableMeasurementEvents(instrument, new Series(_metrics, instrument));
        };
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, series) => Record(series, value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, series) => Record(series, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, series) => Record(series, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, series) => Record(series, value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, series) => Record(series, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, series) => Record(series, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, series) => Record(series, (double)value, tags));
        _listener.Start();
        registry.AddBeforeCollectCallback(_listener.RecordObservableInstruments);
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    /// <summary>The name that OpenTelemetry's compatibility rules give the instrument in Prometheus.</summary>
    internal static string PrometheusName(Instrument instrument)
    {
        var name = new StringBuilder(Label(instrument.Name));
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" when !IsCounter(instrument) => "_ratio",
            _ => "",
        };
        if (!name.ToString().EndsWith(unit, StringComparison.Ordinal))
            name.Append(unit);
        if (IsCounter(instrument) && !name.ToString().EndsWith("_total", StringComparison.Ordinal))
            name.Append("_total");
        return name.ToString();
    }

    private bool IsWanted(Instrument instrument)
    {
        // The meters of another host in this process belong to another /metrics.
        if (instrument.Meter.Scope is { } scope && scope != _meterFactory)
            return false;
        var meter = instrument.Meter.Name;
        return (Meters.Contains(meter) || meter.StartsWith("AgentSystem.", StringComparison.Ordinal))
            && !Duplicates.Any(d => instrument.Name.StartsWith(d, StringComparison.Ordinal));
    }

    private static void Record(object? series, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => ((Series)series!).Record(value, tags);

    private static string Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Label(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static bool IsCounter(Instrument instrument) => Kind(instrument) is nameof(Counter<>) or nameof(ObservableCounter<>);

    // "Counter`1" and so on: the measurement's type makes no difference to Prometheus.
    private static string Kind(Instrument instrument) =>
        MislabelledGauges.Contains(instrument.Name) ? nameof(ObservableGauge<>) : instrument.GetType().Name.Split('`')[0];

    /// <summary>One instrument. Its measurements may come with different sets of tags, each of which is a set of label names.</summary>
    private sealed class Series(IMetricFactory metrics, Instrument instrument)
    {
        private readonly string _name = PrometheusName(instrument);
        private readonly string _help = instrument.Description ?? instrument.Name;
        private readonly string _kind = Kind(instrument);
        private readonly ConcurrentDictionary<string, Action<double, string[]>> _recorders = [];

        internal void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = new string[tags.Length];
            var values = new string[tags.Length];
            for (var i = 0; i < tags.Length; i++)
                (labels[i], values[i]) = (Label(tags[i].Key), Text(tags[i].Value));
            _recorders.GetOrAdd(string.Join(',', labels), _ => Recorder(labels))(value, values);
        }

        private Action<double, string[]> Recorder(string[] labels)
        {
            switch (_kind)
            {
                case nameof(Histogram<>):
                    var histogram = metrics.CreateHistogram(_name, _help, labels, new HistogramConfiguration { Buckets = Buckets() });
                    return (value, labelValues) => histogram.WithLabels(labelValues).Observe(value);
                case nameof(Counter<>):
                    var counter = metrics.CreateCounter(_name, _help, labels);
                    return (value, labelValues) => counter.WithLabels(labelValues).Inc(value);
                case nameof(ObservableCounter<>):
                    var total = metrics.CreateCounter(_name, _help, labels);
                    return (value, labelValues) => total.WithLabels(labelValues).IncTo(value);
                case nameof(UpDownCounter<>):
                    var sum = metrics.CreateGauge(_name, _help, labels);
                    return (value, labelValues) => sum.WithLabels(labelValues).Inc(value);
                default:
                    var gauge = metrics.CreateGauge(_name, _help, labels);
                    return (value, labelValues) => gauge.WithLabels(labelValues).Set(value);
            }
        }

        // What the instrument's author advises, else what suits requests.
        private double[] Buckets() => instrument switch
        {
            Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } advised } => [.. advised],
            Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } advised } => [.. advised.Select(b => (double)b)],
            Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } advised } => [.. advised.Select(b => (double)b)],
            _ => SecondsBuckets,
        };
    }
}
