using AgentSystem.Protocol;

namespace AgentSystem.ServiceDefaults.Chaos;

/// <summary>The orders that lie on the shared volume and hold now.</summary>
/// <param name="volume">The shared volume.</param>
/// <param name="worker">The worker that this process belongs to; null for another process.</param>
/// <param name="time">The machine's clock, even where a fault has this process believe in another one.</param>
public sealed class FaultOrders(SharedVolume volume, string? worker, TimeProvider time)
{
    /// <summary>Those that are not over and concern this process. What is no order is passed over: it can only be a mistake.</summary>
    public IReadOnlyList<FaultOrder> Current()
    {
        var now = time.GetUtcNow();
        var orders = new List<FaultOrder>();
        foreach (var name in SharedVolume.List(volume.ChaosDir))
        {
            try
            {
                var order = ProtocolFile.Read(Path.Combine(volume.ChaosDir, name), FaultOrder.MaxBytes, ProtocolJson.Default.FaultOrder);
                if (order.Until > now && (order.Worker is null || worker is null || order.Worker == worker))
                    orders.Add(order);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ProtocolFileException)
            {
                // It was taken away just now, or is none.
            }
        }
        return orders;
    }
}
