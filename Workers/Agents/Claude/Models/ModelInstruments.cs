using System.Diagnostics.Metrics;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;
using Prometheus;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>The metrics of model calls: ours, and those of the GenAI conventions. One call is one request to the API, whatever comes of it.</summary>
public sealed class ModelInstruments : IDisposable
{
    // Answers take seconds to minutes; the conventions' own buckets end at 82 s.
    private static readonly double[] SecondsBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 90, 120, 180, 240, 300, 450, 600];
    private static readonly long[] TokenBuckets = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576];

    private readonly Meter _meter;
    private readonly Prometheus.Counter _invocations, _errors, _tokens, _cost;
    private readonly Prometheus.Histogram _duration;
    private readonly System.Diagnostics.Metrics.Histogram<double> _operation, _firstChunk;
    private readonly System.Diagnostics.Metrics.Histogram<long> _usage;

    public ModelInstruments(IMetricFactory metrics, IMeterFactory meters, IOptions<ClaudeOptions> options)
    {
        _invocations = metrics.CreateCounter(
            TelemetryNames.Metrics.ClaudeInvocations, "Requests to Claude, and runs of Claude Code.", [Labels.Model]);
        _duration = metrics.CreateHistogram(
            TelemetryNames.Metrics.ClaudeProcessingTime, "How long requests to Claude took.", [Labels.Model],
            new HistogramConfiguration { Buckets = SecondsBuckets });
        _errors = metrics.CreateCounter(TelemetryNames.Metrics.ClaudeApiErrors, "Requests to Claude that ended with an error.", [Labels.ErrorType]);
        _tokens = metrics.CreateCounter(
            TelemetryNames.Metrics.ClaudeTokens, "Tokens that went to and came from Claude.", [Labels.Direction, Labels.Model]);
        _cost = metrics.CreateCounter(TelemetryNames.Metrics.ClaudeCost, "What Claude has cost, in USD.", [Labels.Model]);

        _meter = meters.Create(GenAiMetrics.Meter);
        _operation = _meter.CreateHistogram<double>(
            GenAiMetrics.OperationDuration, "s", "Duration of GenAI operations.", null, new() { HistogramBucketBoundaries = SecondsBuckets });
        _firstChunk = _meter.CreateHistogram<double>(
            GenAiMetrics.TimeToFirstChunk, "s", "Time to the first chunk of a streamed answer.", null,
            new() { HistogramBucketBoundaries = SecondsBuckets });
        _usage = _meter.CreateHistogram<long>(
            GenAiMetrics.TokenUsage, "{token}", "Tokens that went in and came out.", null, new() { HistogramBucketBoundaries = TokenBuckets });

        // Prometheus does not see the first increase of a series that comes into being with it.
        if (options.Value.ApiKey.Length == 0)
            return;
        foreach (var kind in Enum.GetValues<ModelErrorKind>())
            _errors.WithLabels(kind.ToName());
        foreach (var model in options.Value.Fallback.Models.Prepend(options.Value.Model))
            Expect(model);
    }

    /// <summary>Counts one request, or one run of Claude Code.</summary>
    /// <param name="model">The model that was asked for.</param>
    /// <param name="operation"><c>chat</c> or <c>invoke_agent</c>.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="usage">What it took, as far as it is known.</param>
    /// <param name="costUsd">What it cost; null when nobody could say.</param>
    /// <param name="errorType">Why it failed; null when it did not.</param>
    public void Count(string model, string operation, TimeSpan duration, TokenUsage usage, decimal? costUsd, string? errorType)
    {
        _invocations.WithLabels(model).Inc();
        _duration.WithLabels(model).Observe(duration.TotalSeconds);
        foreach (var (direction, tokens) in Directions(usage))
            _tokens.WithLabels(direction, model).Inc(tokens);
        _cost.WithLabels(model).Inc((double)(costUsd ?? 0));

        var (name, provider, request) = (
            Tag(Attributes.GenAiOperation, operation), Tag(Attributes.GenAiProvider, "anthropic"), Tag(Attributes.GenAiRequestModel, model));
        if (errorType is null)
            _operation.Record(duration.TotalSeconds, name, provider, request);
        else
            _operation.Record(duration.TotalSeconds, name, provider, request, Tag(Attributes.ErrorType, errorType));
        if (usage.Input + usage.CacheRead + usage.CacheWrite is > 0 and var input)
            _usage.Record(input, name, provider, request, Tag(Attributes.GenAiTokenType, "input"));
        if (usage.Output > 0)
            _usage.Record(usage.Output, name, provider, request, Tag(Attributes.GenAiTokenType, "output"));
    }

    /// <summary>Counts an error of the API.</summary>
    public void CountError(ModelErrorKind kind) => _errors.WithLabels(kind.ToName()).Inc();

    /// <summary>Records how long the first event of an answer took.</summary>
    public void FirstChunk(string model, TimeSpan after) => _firstChunk.Record(
        after.TotalSeconds,
        Tag(Attributes.GenAiOperation, Spans.Chat), Tag(Attributes.GenAiProvider, "anthropic"), Tag(Attributes.GenAiRequestModel, model));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Expect(string model)
    {
        _invocations.WithLabels(model);
        _cost.WithLabels(model);
        foreach (var (direction, _) in Directions(new(0, 0)))
            _tokens.WithLabels(direction, model);
    }

    private static IEnumerable<(string Direction, long Tokens)> Directions(TokenUsage usage) =>
        [("input", usage.Input), ("output", usage.Output), ("cache_read", usage.CacheRead), ("cache_write", usage.CacheWrite)];

    private static KeyValuePair<string, object?> Tag(string key, object? value) => new(key, value);
}
