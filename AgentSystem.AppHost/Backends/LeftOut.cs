namespace AgentSystem.AppHost.Backends;

/// <summary>
/// The model is written as if everything were there. Before it starts, this takes out what speaks of a resource that is not: nobody waits for
/// it, and a variable that would hold its address is not set.
/// </summary>
internal static class LeftOut
{
    /// <summary>Has <see cref="ForgetIn"/> done when the model is complete.</summary>
    public static void ForgetWhatIsLeftOut(this IDistributedApplicationBuilder builder) => builder.OnBeforeStart((start, _) =>
    {
        ForgetIn(start.Model);
        return Task.CompletedTask;
    });

    /// <summary>Takes out of a model's resources what speaks of resources that the model does not have.</summary>
    public static void ForgetIn(DistributedApplicationModel model)
    {
        var there = model.Resources.ToHashSet();
        foreach (var resource in there)
        {
            foreach (var wait in resource.Annotations.OfType<WaitAnnotation>().Where(wait => !there.Contains(wait.Resource)).ToArray())
                resource.Annotations.Remove(wait);
            if (resource is IResourceWithEnvironment)
                resource.Annotations.Add(new EnvironmentCallbackAnnotation(context => Forget(context.EnvironmentVariables, there)));
        }
    }

    private static void Forget(Dictionary<string, object> variables, HashSet<IResource> there)
    {
        foreach (var (name, value) in variables.ToArray())
        {
            if (Owners(value).Any(owner => !there.Contains(owner)))
                variables.Remove(name);
        }
    }

    /// <summary>The resources whose addresses are part of a value.</summary>
    private static IEnumerable<IResource> Owners(object value) => value switch
    {
        EndpointReference endpoint => [endpoint.Resource],
        EndpointReferenceExpression part => [part.Endpoint.Resource],
        ReferenceExpression text => text.ValueProviders.SelectMany(Owners),
        _ => [],
    };
}
