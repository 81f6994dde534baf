using System.Globalization;
using System.Reflection;

namespace AgentSystem.Tests.Hosting.Contract;

/// <summary>Types and parameters as C# writes them, without namespaces.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
    };

    public static string Returns(MethodInfo method) => Name(new NullabilityInfoContext().Create(method.ReturnParameter));

    public static string Name(PropertyInfo property) => Name(new NullabilityInfoContext().Create(property));

    public static string Name(FieldInfo field) => Name(new NullabilityInfoContext().Create(field));

    /// <summary>Modifiers, type, name and default value of each parameter: callers name arguments and leave them out.</summary>
    public static string Parameters(MethodBase method)
    {
        var parameters = string.Join(", ", method.GetParameters().Select(Parameter));
        return method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute)) ? $"this {parameters}" : parameters;
    }

    /// <summary>Type parameters with their variance and constraints.</summary>
    public static string Generics(Type[] arguments) => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Describe))}>";

    public static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return $"{Name(underlying)}?";
        if (type.IsGenericParameter || !type.IsGenericType)
            return Keywords.GetValueOrDefault(type, Nested(type));
        return $"{Nested(type).Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var modifier = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref "
            : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var value = parameter.HasDefaultValue ? $" = {Value(parameter)}" : "";
        return $"{modifier}{Name(new NullabilityInfoContext().Create(parameter))} {parameter.Name}{value}";
    }

    private static string Value(ParameterInfo parameter) => parameter.RawDefaultValue switch
    {
        null => "default",
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        { } value when parameter.ParameterType.IsEnum => Enum.ToObject(parameter.ParameterType, value).ToString()!,
        { } value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>With the question marks of nullable references at every level.</summary>
    private static string Name(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        var mark = !type.IsValueType && !type.IsGenericParameter && info.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray && info.ElementType is { } element)
            return $"{Name(element)}[]{mark}";
        if (type.IsGenericType && Nullable.GetUnderlyingType(type) is null && info.GenericTypeArguments.Length > 0)
            return $"{Nested(type).Split('`')[0]}<{string.Join(", ", info.GenericTypeArguments.Select(Name))}>{mark}";
        return Name(type) + mark;
    }

    private static string Nested(Type type) => type is { IsNested: true, IsGenericParameter: false } ? $"{Nested(type.DeclaringType!)}.{type.Name}" : type.Name;

    private static string Describe(Type argument)
    {
        if (!argument.IsGenericParameter)
            return Name(argument);
        var attributes = argument.GenericParameterAttributes;
        var variance = attributes.HasFlag(GenericParameterAttributes.Covariant) ? "out " : attributes.HasFlag(GenericParameterAttributes.Contravariant) ? "in " : "";
        var constraints = argument.GetGenericParameterConstraints().Where(constraint => constraint != typeof(ValueType)).Select(Name).Order(StringComparer.Ordinal).ToList();
        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            constraints.Insert(0, "class");
        if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
            constraints.Insert(0, "struct");
        else if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
            constraints.Add("new()");
        return $"{variance}{argument.Name}{(constraints.Count == 0 ? "" : $" : {string.Join(" + ", constraints)}")}";
    }
}
