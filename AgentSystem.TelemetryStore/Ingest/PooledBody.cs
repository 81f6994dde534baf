using System.Buffers;

namespace AgentSystem.TelemetryStore.Ingest;

/// <summary>A request's body in an array that is lent: a new one of this size for each request would keep the collector of large objects busy.</summary>
/// <param name="length">How long it is said to be; it may be longer.</param>
internal sealed class PooledBody(int length) : IDisposable
{
    // One byte more than is expected tells the end from "there is more" without growing.
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Clamp(length, 4 * 1024, 1 << 20) + 1);
    private int _count;

    /// <summary>What was read; gone when this is disposed.</summary>
    internal ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _count);

    /// <summary>Where to read to; never empty.</summary>
    internal Memory<byte> Room
    {
        get
        {
            if (_count == _bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
                _bytes.CopyTo(larger, 0);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }
            return _bytes.AsMemory(_count);
        }
    }

    internal void Advance(int count) => _count += count;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _count) = ([], 0);
    }
}
