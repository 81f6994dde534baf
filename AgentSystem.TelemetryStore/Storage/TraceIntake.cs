using AgentSystem.TelemetryStore.Configuration;
using AgentSystem.TelemetryStore.Telemetry;
using AgentSystem.TelemetryStore.Traces;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>Takes spans in: all of them, or those that tail sampling keeps.</summary>
internal sealed class TraceIntake
{
    private readonly StoreWriter _writer;
    private readonly TimeProvider _time;
    private readonly StoreInstruments _instruments;
    private readonly SamplingOptions _options;

    // Only the writer's thread touches it.
    private TailSampler? _sampler;

    public TraceIntake(StoreWriter writer, IOptions<TelemetryStoreOptions> options, TimeProvider time, StoreInstruments instruments)
    {
        (_writer, _time, _instruments, _options) = (writer, time, instruments, options.Value.Sampling);
        writer.OnLoad = Load;
        writer.OnSweep = Decide;
    }

    /// <summary>Takes the spans; done when they are on disk.</summary>
    internal Task WriteAsync(IReadOnlyList<SpanRow> rows)
    {
        var packed = rows.Select(Pack).ToArray();
        return _writer.WriteAsync(rows.Zip(packed).Sum(r => r.Second.Length + r.First.Terms.Length * 2 + r.First.Scopes.Length + 500), partition =>
        {
            for (var i = 0; i < rows.Count; i++)
                Write(partition, rows[i], packed[i]);
        });
    }

    private void Write(PartitionWriter partition, SpanRow row, byte[] packed)
    {
        var missed = 0;
        switch (_sampler?.Of(row, out missed) ?? Verdict.Keep)
        {
            case Verdict.Keep:
                partition.Add(row, packed);
                _instruments.Missed(missed);
                break;
            case Verdict.Drop:
                _instruments.Sampled(row.Count);
                break;
            default:
                partition.Undecided.Add(row);
                _sampler!.Note(row, _time.GetUtcNow());
                break;
        }
    }

    private void Decide(PartitionWriter partition)
    {
        if (_sampler is null)
            return;
        foreach (var (trace, verdict) in _sampler.Due(_time.GetUtcNow()))
        {
            foreach (var row in partition.Undecided.Take(trace))
            {
                if (verdict == Verdict.Keep)
                    partition.Add(row, Pack(row));
                else
                    _instruments.Sampled(row.Count);
            }
            _sampler.Settle(trace, verdict);
        }
        _instruments.UndecidedTraces.Set(_sampler.UndecidedCount);
    }

    /// <summary>Begins with what is undecided on disk. With sampling switched off all of it stays.</summary>
    private void Load(PartitionWriter partition)
    {
        var share = _options.Enabled ? _options.Share : 1;
        var wait = _options.Enabled ? _options.Wait : TimeSpan.Zero;
        var undecided = partition.Undecided.All();
        _sampler = _options.Enabled || undecided.Count > 0 ? new(wait, (long)(_options.SlowerThan.TotalSeconds * 1e9), share) : null;
        foreach (var row in undecided)
            _sampler!.Note(row, _time.GetUtcNow());
    }

    private static byte[] Pack(SpanRow row)
    {
        var output = new BlobWriter();
        Packed.Write(output, row.Scopes);
        return output.ToArray();
    }
}
