"""What the library promises about its calls: nothing read, nothing kept, nothing told but what they return."""
