"""The facts: organisations, agreements, registers, history. Imports nothing else of this house."""
